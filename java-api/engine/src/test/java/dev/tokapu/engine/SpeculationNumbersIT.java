package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.engine.metrics.EngineMetrics;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.Usage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is counted of drafts, and what may happen in the middle of one. A sampler sees to it that every draft is right. */
@Timeout(300)
class SpeculationNumbersIT {

    private static final Speculation ALWAYS = new Speculation.NGram(2, 4, false);
    private static final int[] CYCLE = {5, 6, 7};
    private static final int[] PROMPT = {5, 6, 7, 5, 6, 7, 5, 6, 7};

    @TempDir
    Path folder;

    private Model model;
    private Engine engine;

    @BeforeEach
    void start() {
        model = TestModels.tiny();
        engine = Engine.start(model, EngineFixture.options().build());
    }

    @AfterEach
    void close() {
        engine.close();
        model.close();
    }

    /** Goes on with the cycle, until so many tokens are there; it fails then. */
    private static Sampler cycle(int[] cycle, int most) {
        return Sampler.customLogits((tokens, candidates) -> {
            if (tokens.size() >= most) {
                throw new IllegalStateException("mine");
            }
            candidates.setLogit(candidates.indexOf(cycle[tokens.size() % cycle.length]), 1000);
        });
    }

    private static Request.Builder drafted(int[] prompt, int[] cycle, int most) {
        return Request.builder(prompt)
                .samplers(cycle(cycle, most), Sampler.greedy())
                .speculation(ALWAYS);
    }

    @Test
    void draftsThatAreRight_areCounted() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new EngineMetrics(engine).bindTo(registry);
        Generation answer =
                engine.submit(drafted(PROMPT, CYCLE, 1000).maxTokens(40).build());
        answer.text();
        // 1 from the prompt, 7 times 1 + 4, and 1 + 3.
        assertThat(answer.usage()).isEqualTo(new Usage(9, 0, 40, 31, 31, 0));
        assertThat(answer.result().join().usage().acceptedTokens()).isEqualTo(31);
        EngineSnapshot snapshot = engine.snapshot();
        assertThat(snapshot.steps()).isEqualTo(9);
        assertThat(snapshot.promptTokens()).isEqualTo(9);
        assertThat(snapshot.generatedTokens()).isEqualTo(39);
        assertThat(snapshot.draftedTokens()).isEqualTo(31);
        assertThat(snapshot.acceptedTokens()).isEqualTo(31);
        assertThat(snapshot.betweenTokens().count()).isEqualTo(39);
        assertThat(snapshot.betweenTokens().p50Nanos())
                .as("most come with another")
                .isEqualTo(1);
        for (String type : new String[] {"drafted", "accepted"}) {
            assertThat(registry.get("tokapu.engine.speculation.tokens")
                            .tags("type", type, "kind", "ngram")
                            .functionCounter()
                            .count())
                    .isEqualTo(31);
        }
        EngineFixture.awaitIdle(engine);
    }

    /** Whatever steps take: what a text foretells rightly is tried. */
    @Test
    void adaptiveDraftsThatAreRight_areTried() {
        Generation answer = engine.submit(drafted(PROMPT, CYCLE, 1000)
                .speculation(Speculation.ngram(2, 4))
                .maxTokens(40)
                .build());
        answer.text();
        assertThat(answer.usage().generatedTokens()).isEqualTo(40);
        assertThat(answer.usage().draftedTokens()).isPositive();
        assertThat(answer.usage().acceptedTokens()).isEqualTo(answer.usage().draftedTokens());
    }

    @Test
    void drafts_areInFlightRecorder() throws IOException {
        try (Recording recording = new Recording()) {
            recording.enable("tokapu.EngineRequest");
            recording.start();
            engine.submit(drafted(PROMPT, CYCLE, 1000).maxTokens(40).build()).text();
            assertThat(engine.drain(Duration.ofMinutes(5))).isTrue();
            recording.stop();
            recording.dump(folder.resolve("engine.jfr"));
        }
        assertThat(RecordingFile.readAllEvents(folder.resolve("engine.jfr")))
                .filteredOn(event -> event.getEventType().getName().equals("tokapu.EngineRequest"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getInt("draftedTokens")).isEqualTo(31);
                    assertThat(event.getInt("acceptedTokens")).isEqualTo(31);
                });
    }

    @Test
    void chainThatFails_insideADraft_failsItsAnswerOnly() {
        Generation other = engine.submit(EngineFixture.greedy(PROMPT)
                .speculation(new Speculation.NGram(1, 8, false))
                .maxTokens(100)
                .build());
        for (int most = 10; most < 30; most++) {
            Generation bad = engine.submit(drafted(PROMPT, CYCLE, most).build());
            assertThatThrownBy(bad::text)
                    .isInstanceOf(GenerationException.class)
                    .hasStackTraceContaining("mine");
            assertThat(bad.tokens()).as("until it failed").hasSize(most - PROMPT.length);
        }
        other.text();
        EngineIT.assertGreedy(model, PROMPT, other.tokens());
        EngineFixture.awaitIdle(engine);
    }

    @Test
    void endOfGeneration_insideADraft_endsThere() {
        int end = model.vocab().specialTokens().eos().orElseThrow();
        int[] cycle = {5, 6, 7, 8, end};
        int[] prompt = {5, 6, 7, 8, end, 5, 6, 7, 8, end};
        Generation ended = engine.submit(drafted(prompt, cycle, 1000).build());
        ended.text();
        assertThat(ended.finishReason()).isEqualTo(FinishReason.STOP_TOKEN);
        assertThat(ended.tokens()).containsExactly(5, 6, 7, 8);
        assertThat(ended.usage()).as("no token is chosen behind the end").isEqualTo(new Usage(10, 0, 4, 4, 3, 0));
        Generation further = engine.submit(
                drafted(prompt, cycle, 1000).ignoreEnd(true).maxTokens(12).build());
        further.text();
        assertThat(further.tokens()).containsExactly(5, 6, 7, 8, end, 5, 6, 7, 8, end, 5, 6);
        EngineFixture.awaitIdle(engine);
    }

    @Test
    void deadline_whileDrafting_endsWithWhatThereIs() {
        try (Engine large = Engine.start(
                model, EngineFixture.options().sequenceContextSize(16_384).build())) {
            Generation late = large.submit(Request.builder(PROMPT)
                    .samplers(
                            cycle(CYCLE, 100_000),
                            Sampler.customLogits((tokens, candidates) -> LockSupport.parkNanos(1_000_000)),
                            Sampler.greedy())
                    .speculation(ALWAYS)
                    .deadline(Duration.ofMillis(200))
                    .build());
            late.text();
            assertThat(late.finishReason()).isEqualTo(FinishReason.DEADLINE);
            int[] tokens = late.tokens();
            for (int i = 0; i < tokens.length; i++) {
                assertThat(tokens[i]).isEqualTo(CYCLE[i % 3]);
            }
            EngineFixture.awaitIdle(large);
        }
    }
}
