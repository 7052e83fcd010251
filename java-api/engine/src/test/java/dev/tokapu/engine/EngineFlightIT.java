package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.sampling.Sampler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
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
    void recording_promptThatWasComputedBefore_hasItsCachedTokens() throws Exception {
        int[] prompt = IntStream.rangeClosed(5, 44).toArray();
        try (Model model = TestModels.tiny();
                Engine engine = Engine.start(model, EngineFixture.options().build());
                Recording recording = recording()) {
            for (int i = 0; i < 2; i++) {
                engine.submit(EngineFixture.greedy(prompt).maxTokens(2).build()).text();
            }
            engine.prefixCache()
                    .warm(PrefixRequest.of(new Prompt.Tokens(prompt)))
                    .join();
            assertThat(engine.drain(Duration.ofMinutes(5))).isTrue();
            List<RecordedEvent> requests = recorded(recording, "tokapu.EngineRequest");
            assertThat(requests)
                    .extracting(event -> event.getString("operation"), event -> event.getInt("cachedTokens"))
                    .containsExactlyInAnyOrder(
                            tuple("text_completion", 0), tuple("text_completion", 39), tuple("prefix", 39));
            assertThat(requests)
                    .allSatisfy(
                            event -> assertThat(event.getInt("promptTokens")).isEqualTo(40));
        }
    }

    /** Beside an answer, so that a step follows each copy. */
    @Test
    void step_afterCopies_hasTheirTimes() throws Exception {
        EngineOptions options = EngineFixture.options()
                .maxSequences(2)
                .kvLayout(KvCacheLayout.SPLIT)
                .prefixCache(PrefixCacheOptions.defaults()
                        .withSequences(0)
                        .withHostMemory(64 << 20)
                        .withAllSaved(true))
                .build();
        try (Model model = TestModels.tiny();
                Engine engine = Engine.start(model, options);
                Recording recording = recording()) {
            Generation listened =
                    engine.submit(EngineFixture.endless(5, 6, 7).maxTokens(200).build());
            for (int prompt : new int[] {1, 2, 1}) {
                HostTierIT.answer(model, engine, HostTierIT.prompt(prompt), "");
            }
            listened.cancel();
            assertThat(engine.drain(Duration.ofMinutes(5))).isTrue();
            List<RecordedEvent> steps = recorded(recording, "tokapu.EngineStep");
            assertThat(steps).anyMatch(step -> step.getLong("saved") > 0);
            assertThat(steps).anyMatch(step -> step.getLong("restored") > 0);
            assertThat(steps)
                    .filteredOn(step -> step.getLong("saved") + step.getLong("restored") == 0)
                    .as("steps without copies")
                    .isNotEmpty();
            assertThat(steps)
                    .allSatisfy(step -> assertThat(step.getLong("saved") + step.getLong("restored"))
                            .isLessThanOrEqualTo(step.getLong("plan")));
        }
    }
}
