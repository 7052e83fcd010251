package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.sampling.Sampler;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an engine tells Flight Recorder. */
@Timeout(300)
class EngineFlightIT {

    @TempDir
    private Path folder;

    private List<RecordedEvent> recorded(Recording recording, String name) throws Exception {
        Path file = folder.resolve(name + ".jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .toList();
    }

    private static Recording recording() {
        Recording recording = new Recording();
        recording.enable("tokapu.EngineStep");
        recording.enable("tokapu.EngineRequest");
        recording.enable("tokapu.EngineHang");
        recording.start();
        return recording;
    }

    @Test
    void recording_startedAfterTheEngine_hasItsStepsAndRequests() throws Exception {
        EngineOptions options = EngineOptions.builder()
                .context(ContextOptions.builder().threads(1).batchThreads(1).build())
                .maxSequences(2)
                .sequenceContextSize(128)
                .samplingThreads(1)
                .build();
        try (Model model = TestModels.tiny();
                Engine engine = Engine.start(model, options)) {
            Request request = Request.builder(new int[] {5, 6, 7})
                    .samplers(Sampler.greedy())
                    .ignoreEnd(true)
                    .maxTokens(10)
                    .tenant("secret")
                    .priority(3)
                    .answers(2)
                    .build();
            engine.submit(request).answers().forEach(Generation::text);
            try (Recording recording = recording()) {
                engine.submit(request).answers().forEach(Generation::text);
                assertThat(engine.drain(Duration.ofMinutes(5))).isTrue();
                List<RecordedEvent> requests = recorded(recording, "tokapu.EngineRequest");
                assertThat(requests).hasSize(2);
                assertThat(requests).extracting(event -> event.getInt("answer")).containsExactlyInAnyOrder(0, 1);
                RecordedEvent event = requests.get(0);
                assertThat(event.getString("engine")).startsWith("tokapu-engine-");
                assertThat(event.getLong("id")).isEqualTo(2);
                assertThat(event.getInt("tenant")).isEqualTo("secret".hashCode());
                assertThat(event.getInt("priority")).isEqualTo(3);
                assertThat(event.getInt("promptTokens")).isEqualTo(3);
                assertThat(event.getInt("generatedTokens")).isEqualTo(10);
                assertThat(event.getString("operation")).isEqualTo("text_completion");
                assertThat(event.getString("outcome")).isEqualTo("COMPLETED");
                assertThat(event.getString("reason")).isEqualTo("MAX_TOKENS");
                assertThat(event.getDuration("queue")).isPositive();
                assertThat(event.getDuration("firstToken")).isGreaterThan(event.getDuration("queue"));
                assertThat(event.getDuration("total")).isGreaterThan(event.getDuration("firstToken"));

                List<RecordedEvent> steps = recorded(recording, "tokapu.EngineStep");
                assertThat(steps.stream()
                                .mapToInt(step -> step.getInt("promptTokens"))
                                .sum())
                        .isEqualTo(3);
                assertThat(steps.stream()
                                .mapToInt(step -> step.getInt("generating"))
                                .sum())
                        .isEqualTo(18);
                assertThat(steps).allSatisfy(step -> {
                    assertThat(step.getThread().getJavaName()).startsWith("tokapu-engine-");
                    // Those parts lie within the event; how long the machine does something else beside them is open.
                    Duration parts = step.getDuration("decode")
                            .plus(step.getDuration("sample"))
                            .plus(step.getDuration("deliver"));
                    assertThat(step.getDuration("decode")).isPositive();
                    assertThat(step.getDuration())
                            .isGreaterThan(parts.multipliedBy(9).dividedBy(10));
                });
            }
        }
    }

    @Test
    void hangs_duringARecording_tellsWhere() throws Exception {
        EngineEvents events = EngineEvents.of("tokapu-engine-x");
        try (Recording recording = recording()) {
            events.hangs(Duration.ofSeconds(7), Thread.currentThread().getStackTrace());
            RecordedEvent event = recorded(recording, "tokapu.EngineHang").get(0);
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
        for (int i = 0; i < count; i++) {
            events.stepBegins();
            meter.state(1, 2, 3, 4);
            meter.computed(3, 8);
            meter.betweenTokens.record(i);
            meter.step(i, i + 10, i + 500, i + 600, i + 610);
            events.stepEnds(3, 8, 10, 490, 100, 10);
        }
    }
}
