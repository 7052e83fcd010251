package dev.tokapu.engine.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.engine.FinishedRequest;
import dev.tokapu.engine.RequestTimings;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.Usage;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RequestTimersIT {

    @TinyModel
    private static Model model;

    private final MeterRegistry registry = new SimpleMeterRegistry();

    private static FinishedRequest request() {
        Duration some = Duration.ofMillis(1);
        return new FinishedRequest(
                1,
                0,
                FinishedRequest.Operation.CHAT,
                "",
                0,
                new Usage(3, 0, 2),
                FinishReason.MAX_TOKENS,
                null,
                new RequestTimings(some, some, some, some.multipliedBy(4), some),
                Instant.now());
    }

    /** What ended while meters were closed came back into the registry. */
    @Test
    void ended_afterTheClose_leavesNoMeters() {
        RequestTimers timers = new RequestTimers(model, Tags.empty(), registry);
        timers.ended(request());
        assertThat(registry.getMeters()).hasSizeGreaterThan(5);
        timers.close();
        timers.ended(request());
        assertThat(registry.getMeters()).isEmpty();
    }
}
