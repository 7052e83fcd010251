package dev.tokapu.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class FlightEventsIT {

    @TempDir
    private Path folder;

    @Test
    void hangs_duringARecording_tellsWhere() throws Exception {
        EngineEvents events = EngineEvents.of("tokapu-engine-x");
        try (Recording recording = new Recording()) {
            recording.enable("tokapu.EngineHang");
            recording.start();
            events.hangs(Duration.ofSeconds(7), Thread.currentThread().getStackTrace());
            Path file = folder.resolve("hang.jfr");
            recording.dump(file);
            RecordedEvent event = RecordingFile.readAllEvents(file).get(0);
            assertThat(event.getEventType().getName()).isEqualTo("tokapu.EngineHang");
            assertThat(event.getString("engine")).isEqualTo("tokapu-engine-x");
            assertThat(event.getDuration("since")).isEqualTo(Duration.ofSeconds(7));
            assertThat(event.getString("stack")).contains("hangs_duringARecording_tellsWhere");
        }
    }

    @Test
    void step_withoutARecording_allocatesNothing() {
        EngineEvents events = EngineEvents.of("tokapu-engine-x");
        EngineMeter meter = new EngineMeter();
        assertThat(events).isInstanceOf(FlightEvents.class);
        steps(events, meter, 20_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        steps(events, meter, 10_000);
        assertThat(threads.getThreadAllocatedBytes(thread) - before)
                .as("bytes in 10000 steps")
                .isLessThan(4096);
    }

    private static void steps(EngineEvents events, EngineMeter meter, int count) {
        StepTimings timings = new StepTimings();
        for (int i = 0; i < count; i++) {
            events.stepBegins();
            timings.begin();
            timings.built();
            timings.decoded();
            timings.sampled();
            timings.delivered();
            meter.state(1, 2, 3, 4);
            meter.computed(3, 8);
            meter.betweenTokens.record(i);
            meter.step(timings);
            events.stepEnds(3, 8, timings);
        }
    }
}
