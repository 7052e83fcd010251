package dev.tokapu.engine.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineFixture;
import dev.tokapu.engine.EngineSnapshot;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.Request;
import dev.tokapu.engine.RequestRejectedException;
import dev.tokapu.engine.ScoreRequest;
import dev.tokapu.sampling.Sampler;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an engine reports to Micrometer, and when its counts can be seen. */
@Timeout(300)
class EngineMetricsIT {

    @TinyModel
    private static Model model;

    private final MeterRegistry registry = new SimpleMeterRegistry();

    private static Engine start() {
        return start(128);
    }

    private static Engine start(int sequenceContextSize) {
        return Engine.start(
                model,
                EngineFixture.options()
                        .sequenceContextSize(sequenceContextSize)
                        .queueCapacity(1)
                        .build());
    }

    private static Request.Builder request() {
        return Request.builder(new int[] {5, 6, 7}).samplers(Sampler.greedy()).ignoreEnd(true);
    }

    private double value(String name, String... tags) {
        return registry.get(name).tags(tags).meter().measure().iterator().next().getValue();
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(1);
        }
    }

    @Test
    void bindTo_servedRequests_areInTheMeters() throws InterruptedException {
        try (Engine engine = start()) {
            // @start region="metrics"
            new EngineMetrics(engine, List.of(Tag.of("service", "test"))).bindTo(registry);
            // @end
            engine.submit(request().maxTokens(10).build()).text();
            engine.submit(request().maxTokens(1).build()).text();
            until(
                    () -> { // the time of the last step is counted behind its answer
                        Timer timer =
                                registry.find("gen_ai.server.request.duration").timer();
                        return timer != null && timer.count() == 2 && value("tokapu.engine.requests.running") == 0;
                    });
            Timer duration = registry.get("gen_ai.server.request.duration")
                    .tags("gen_ai.operation.name", "text_completion", "gen_ai.provider.name", "tokapu")
                    .tags("error.type", "none", "service", "test")
                    .timer();
            Timer first = registry.get("gen_ai.server.time_to_first_token").timer();
            assertThat(first.count()).isEqualTo(2);
            assertThat(first.totalTime(TimeUnit.NANOSECONDS))
                    .isPositive()
                    .isLessThan(duration.totalTime(TimeUnit.NANOSECONDS));
            assertThat(registry.get("gen_ai.server.time_per_output_token")
                            .timer()
                            .count())
                    .as("one token has no time between tokens")
                    .isEqualTo(1);
            assertThat(registry.get("tokapu.engine.queue.time").timer().count()).isEqualTo(2);

            EngineSnapshot snapshot = engine.snapshot();
            assertThat(value("tokapu.engine.requests.submitted", "service", "test"))
                    .isEqualTo(2);
            assertThat(value("tokapu.engine.answers", "outcome", "completed")).isEqualTo(2);
            assertThat(value("tokapu.engine.answers", "outcome", "failed")).isZero();
            assertThat(value("tokapu.engine.tokens", "type", "prompt")).isEqualTo(6);
            assertThat(value("tokapu.engine.tokens", "type", "generated")).isEqualTo(9);
            assertThat(value("tokapu.engine.kv.size")).isEqualTo(512);
            assertThat(value("tokapu.engine.sequences.max")).isEqualTo(4);
            assertThat(registry.get("tokapu.engine.step.time").functionTimer().count())
                    .isEqualTo((double) snapshot.steps());
            assertThat(registry.get("tokapu.engine.inter.token.time")
                            .functionTimer()
                            .count())
                    .isEqualTo(9);
            assertThat(registry.get("tokapu.engine.step.part")
                            .tags("part", "decode")
                            .functionTimer()
                            .totalTime(TimeUnit.NANOSECONDS))
                    .isCloseTo((double) snapshot.decodeNanos(), within(1.0));
            assertThat(registry.get("tokapu.engine.step.time.percentile")
                            .tags("phi", "0.99")
                            .timeGauge()
                            .value(TimeUnit.NANOSECONDS))
                    .isCloseTo((double) snapshot.stepTime().p99Nanos(), within(1.0));
        }
    }

    @Test
    void bindTo_answers_areCountedByPhaseTokensAndReason() throws InterruptedException {
        try (Engine engine = start()) {
            new EngineMetrics(engine).bindTo(registry);
            engine.submit(request().maxTokens(10).build()).text();
            engine.submit(request().maxTokens(1).build()).text();
            until(() -> {
                Timer timer = registry.find("gen_ai.server.request.duration").timer();
                return timer != null && timer.count() == 2;
            });
            assertThat(registry.get("tokapu.engine.prefill.time").timer().count())
                    .isEqualTo(2);
            assertThat(registry.get("tokapu.engine.decode.time").timer().count())
                    .isEqualTo(2);
            assertThat(registry.get("tokapu.engine.request.tokens")
                            .tags("type", "prompt")
                            .summary()
                            .totalAmount())
                    .isEqualTo(6);
            assertThat(registry.get("tokapu.engine.request.tokens")
                            .tags("type", "generated")
                            .summary()
                            .totalAmount())
                    .isEqualTo(11);
            assertThat(registry.get("tokapu.engine.finished")
                            .tags("reason", "max_tokens")
                            .counter()
                            .count())
                    .isEqualTo(2);
        }
    }

    @Test
    void bindTo_runningCancelledRejectedAndFailed_areCounted() throws InterruptedException {
        try (Engine engine = start(8192)) {
            new EngineMetrics(engine).bindTo(registry);
            Generation endless =
                    engine.submit(EngineFixture.endless(5, 6, 7).answers(4).build());
            endless.iterator().next();
            until(() -> value("tokapu.engine.sequences.generating") == 4);
            assertThat(value("tokapu.engine.batch.usage")).isPositive().isLessThanOrEqualTo(1);
            assertThat(value("tokapu.engine.requests.running")).isEqualTo(1);
            assertThat(value("tokapu.engine.kv.reserved")).isPositive();
            assertThat(value("tokapu.engine.kv.usage")).isPositive().isLessThanOrEqualTo(1);
            assertThatThrownBy(() -> engine.submit(request().answers(2).build()))
                    .isInstanceOf(RequestRejectedException.class);
            assertThat(value("tokapu.engine.requests.rejected")).isEqualTo(1);
            endless.answers().forEach(Generation::cancel);
            endless.answers().forEach(answer -> answer.result().join());
            assertThat(value("tokapu.engine.answers", "outcome", "cancelled"))
                    .isEqualTo((double) engine.snapshot().cancelled())
                    .isPositive();

            Generation bad = engine.submit(request()
                    .samplers(
                            Sampler.customLogits((tokens, logits) -> {
                                throw new IllegalStateException("mine");
                            }),
                            Sampler.greedy())
                    .build());
            bad.result().exceptionally(e -> null).join();
            assertThat(value("tokapu.engine.answers", "outcome", "failed")).isEqualTo(1);
            until(() -> registry.find("gen_ai.server.request.duration").timers().stream()
                    .anyMatch(timer ->
                            String.valueOf(timer.getId().getTag("error.type")).endsWith("Exception")));
        }
    }

    @Test
    void bindTo_scores_areTimersWithAnOperationOfTheirOwn() throws Exception {
        try (Engine engine = start()) {
            new EngineMetrics(engine).bindTo(registry);
            engine.submit(request().maxTokens(1).build()).text();
            engine.score(ScoreRequest.of("a", " the sea")).get(5, TimeUnit.MINUTES);
            until(() -> registry.find("gen_ai.server.request.duration").timers().size() == 2);
            Timer duration = registry.get("gen_ai.server.request.duration")
                    .tags("gen_ai.operation.name", "score", "error.type", "none")
                    .timer();
            Timer queue = registry.get("tokapu.engine.queue.time")
                    .tags("gen_ai.operation.name", "score")
                    .timer();
            assertThat(duration.count()).isEqualTo(1);
            assertThat(queue.count()).isEqualTo(1);
            assertThat(duration.totalTime(TimeUnit.NANOSECONDS)).isGreaterThan(queue.totalTime(TimeUnit.NANOSECONDS));
            assertThat(registry.find("gen_ai.server.time_to_first_token")
                            .tags("gen_ai.operation.name", "score")
                            .timer())
                    .as("a score has no first token")
                    .isNull();
            assertThat(value("tokapu.engine.answers", "outcome", "completed")).isEqualTo(2);
        }
    }

    @Test
    void bindTo_promptsThatBeginAlike_areInTheMetersOfThePrefixCache() throws InterruptedException {
        try (Engine engine = start()) {
            new EngineMetrics(engine).bindTo(registry);
            int[] prompt = IntStream.rangeClosed(5, 44).toArray();
            for (int i = 0; i < 2; i++) {
                engine.submit(Request.builder(prompt)
                                .samplers(Sampler.greedy())
                                .ignoreEnd(true)
                                .maxTokens(2)
                                .build())
                        .text();
            }
            assertThat(value("tokapu.engine.prefix.cache.tokens", "type", "prompt"))
                    .isEqualTo(80);
            assertThat(value("tokapu.engine.prefix.cache.tokens", "type", "cached"))
                    .isEqualTo(39);
            until(() ->
                    value("tokapu.engine.requests.running") == 0 && value("tokapu.engine.prefix.cache.sequences") == 1);
            assertThat(value("tokapu.engine.kv.used"))
                    .as("the prompt and the first of two tokens")
                    .isEqualTo(41);
            assertThat(value("tokapu.engine.prefix.cache.tokens", "type", "kept"))
                    .isGreaterThanOrEqualTo(41);
            engine.prefixCache().clear();
            until(() -> value("tokapu.engine.kv.used") == 0);
            assertThat(value("tokapu.engine.prefix.cache.sequences")).isZero();
            assertThat(value("tokapu.engine.prefix.cache.tokens", "type", "evicted"))
                    .isGreaterThanOrEqualTo(41);
        }
    }

    @Test
    void close_metrics_takesTheMetersAway() throws InterruptedException {
        try (Engine engine = start();
                EngineMetrics metrics = new EngineMetrics(engine)) {
            metrics.bindTo(registry);
            engine.submit(request().maxTokens(2).build()).text();
            until(() -> registry.find("gen_ai.server.request.duration").timer() != null);
            metrics.close();
            assertThat(registry.getMeters()).isEmpty();
            engine.submit(request().maxTokens(2).build()).result().join();
            assertThat(registry.getMeters()).isEmpty();
        }
    }

    @Test
    void snapshot_afterAReaderSawTheEnd_countsIt() {
        try (Engine engine = start()) {
            for (int i = 1; i <= 300; i++) {
                Generation generation = engine.submit(request().maxTokens(2).build());
                generation.text();
                EngineSnapshot snapshot = engine.snapshot();
                assertThat(snapshot.completed()).isEqualTo(i);
                assertThat(snapshot.endToEnd().count()).isEqualTo(i);
                assertThat(snapshot.generatedTokens()).isEqualTo(i);
                assertThat(snapshot.submitted()).isEqualTo(i);
            }
        }
    }

    @Test
    void submit_afterAReaderSawTheEnd_findsItsPlaceFree() {
        try (Engine engine = start()) {
            for (int i = 0; i < 300; i++) {
                // 4 generate and 1 may wait: a place that is still taken would be missing here.
                List<Generation> four =
                        engine.submit(request().answers(4).maxTokens(1).build()).answers();
                Generation fifth = engine.submit(request().maxTokens(1).build());
                four.forEach(Generation::text);
                fifth.text();
            }
            assertThat(engine.snapshot().rejected()).isZero();
        }
    }
}
