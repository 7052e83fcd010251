package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.TinyModel;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.completion.ScoredContinuation;
import dev.tokapu.engine.FinishedRequest.Operation;
import dev.tokapu.engine.FinishedRequest.Outcome;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What listeners and Flight Recorder are told of answers, scores and embeddings that ended. */
@Timeout(300)
class EngineFinishedIT {

    @TinyModel
    private static Model model;

    private final BlockingQueue<FinishedRequest> told = new LinkedBlockingQueue<>();

    @TempDir
    Path folder;

    private EngineOptions.Builder options() {
        return EngineFixture.options().listener(new EngineListener() {
            @Override
            public void finished(FinishedRequest request) {
                told.add(request);
            }
        });
    }

    private Engine embedding() {
        ContextOptions context = ContextOptions.builder()
                .embeddings(true)
                .pooling(Pooling.MEAN)
                .threads(1)
                .batchThreads(1)
                .build();
        return Engine.start(model, options().context(context).build());
    }

    private FinishedRequest next() throws InterruptedException {
        FinishedRequest request = told.poll(5, TimeUnit.MINUTES);
        assertThat(request).as("what the listener is told").isNotNull();
        return request;
    }

    private static void assertComputed(FinishedRequest request, Operation operation, int promptTokens) {
        assertThat(request.operation()).isEqualTo(operation);
        assertThat(request.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(request.finishReason()).isNull();
        assertThat(request.failure()).isNull();
        assertThat(request.usage().promptTokens()).isEqualTo(promptTokens);
        assertThat(request.usage().generatedTokens()).isZero();
        RequestTimings timings = request.timings();
        assertThat(timings.queue()).isPositive();
        assertThat(timings.prefill()).isPositive();
        assertThat(timings.total()).isEqualTo(timings.queue().plus(timings.prefill()));
        assertThat(timings.firstToken()).isZero();
        assertThat(request.toString()).contains(operation.name(), "COMPLETED").doesNotContain("secret");
    }

    @Test
    void finished_scoreAndEmbedding_areToldAsAnswersAre() throws Exception {
        SchedulingOptions scheduling =
                SchedulingOptions.defaults().withTenant("secret").withPriority(3);
        try (Engine engine = Engine.start(model, options().build())) {
            ScoredContinuation score = engine.score(new ScoreRequest("tell me", " of the sea", scheduling))
                    .get(5, TimeUnit.MINUTES);
            FinishedRequest request = next();
            int prompt = model.vocab().tokenize("tell me").length;
            assertComputed(request, Operation.SCORE, prompt + score.tokens().length - 1);
            assertThat(request.tenant()).isEqualTo("secret");
            assertThat(request.priority()).isEqualTo(3);
            assertThat(request.id()).isEqualTo(1);
        }
        try (Engine engine = embedding()) {
            engine.embed(EmbedRequest.of(new int[] {5, 6, 7})).get(5, TimeUnit.MINUTES);
            assertComputed(next(), Operation.EMBEDDINGS, 3);
        }
    }

    @Test
    void finished_answers_haveTheirOperationReasonAndTokens() throws Exception {
        try (Engine engine = Engine.start(model, options().build())) {
            engine.submit(EngineFixture.greedy(5, 6).maxTokens(4).build()).text();
            FinishedRequest text = next();
            assertThat(text.operation()).isEqualTo(Operation.TEXT_COMPLETION);
            assertThat(text.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
            assertThat(text.outcome()).isEqualTo(Outcome.COMPLETED);
            assertThat(text.usage().generatedTokens()).isEqualTo(4);
            assertThat(text.timings().firstToken()).isPositive();
            engine.submit(Request.builder(List.of(ChatMessage.user("hi")))
                            .maxTokens(2)
                            .answers(2)
                            .build())
                    .answers()
                    .forEach(Generation::text);
            List<FinishedRequest> answers = List.of(next(), next());
            assertThat(answers).extracting(FinishedRequest::operation).containsOnly(Operation.CHAT);
            assertThat(answers).extracting(FinishedRequest::answer).containsExactlyInAnyOrder(0, 1);
            Generation failing = engine.submit(Request.builder(new int[] {5})
                    .samplers(
                            Sampler.customLogits((tokens, logits) -> {
                                throw new IllegalStateException("mine");
                            }),
                            Sampler.greedy())
                    .build());
            assertThatThrownBy(failing::text).isInstanceOf(GenerationException.class);
            FinishedRequest failed = next();
            assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(failed.failure()).hasStackTraceContaining("mine");
        }
    }

    @Test
    void finished_answerOfASessionOpenedOnTheEngine_isChat() throws Exception {
        ChatOptions chatOptions =
                ChatOptions.builder().samplers(Sampler.greedy()).maxTokens(9).build();
        GenerationOptions shorter = GenerationOptions.builder().maxTokens(2).build();
        try (Engine engine = Engine.start(model, options().build());
                ChatSession chat = ChatSession.open(engine, chatOptions)) {
            assertThat(chat.askStreaming("hi", shorter).text()).isNotNull();
            FinishedRequest answer = next();
            assertThat(answer.operation()).isEqualTo(Operation.CHAT);
            assertThat(answer.usage().generatedTokens()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void finished_scoresThatAreCancelledLateOrClosed_areToldOnceWithTheirOutcome() throws Exception {
        Engine engine = Engine.start(
                model, options().maxSequences(1).sequenceContextSize(8192).build());
        try (engine) {
            Generation running = engine.submit(EngineFixture.endless(5).build());
            CompletableFuture<ScoredContinuation> cancelled = engine.score(ScoreRequest.of("a", "b"));
            cancelled.cancel(false);
            FinishedRequest first = next();
            assertThat(first.operation()).isEqualTo(Operation.SCORE);
            assertThat(first.outcome()).isEqualTo(Outcome.CANCELLED);
            assertThat(first.finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(first.timings().queue()).as("it was never admitted").isZero();
            SchedulingOptions soon = SchedulingOptions.defaults().withDeadline(Duration.ofMillis(20));
            CompletableFuture<ScoredContinuation> late = engine.score(new ScoreRequest("a", "b", soon));
            assertThatThrownBy(() -> late.get(5, TimeUnit.MINUTES)).hasMessageContaining("PT0.02S");
            FinishedRequest second = next();
            assertThat(second.outcome()).isEqualTo(Outcome.EXPIRED);
            assertThat(second.finishReason()).isEqualTo(FinishReason.DEADLINE);
            assertThat(second.timings().prefill()).isZero();
            CompletableFuture<ScoredContinuation> waiting = engine.score(ScoreRequest.of("a", "b"));
            engine.close();
            EngineFixture.await("the score ends", waiting::isDone);
            running.text();
            List<FinishedRequest> rest = List.of(next(), next());
            assertThat(rest).extracting(FinishedRequest::outcome).containsOnly(Outcome.CANCELLED);
            assertThat(told).isEmpty();
            EngineSnapshot end = engine.snapshot();
            assertThat(end.cancelled()).isEqualTo(3);
            assertThat(end.expired()).isEqualTo(1);
        }
    }

    @Test
    void recording_scoreAndEmbedding_areRequestEvents() throws Exception {
        try (Recording recording = new Recording()) {
            recording.enable("tokapu.EngineRequest");
            recording.start();
            try (Engine engine = Engine.start(model, options().build())) {
                engine.score(ScoreRequest.of("a", "bc")).get(5, TimeUnit.MINUTES);
                CompletableFuture<ScoredContinuation> cancelled = engine.score(ScoreRequest.of("a", "bc"));
                cancelled.cancel(false);
                EngineFixture.await("both end", () -> told.size() == 2);
            }
            try (Engine engine = embedding()) {
                engine.embed(EmbedRequest.of(new int[] {5, 6, 7})).get(5, TimeUnit.MINUTES);
            }
            Path file = folder.resolve("engine.jfr");
            recording.dump(file);
            List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().equals("tokapu.EngineRequest"))
                    .toList();
            assertThat(events)
                    .extracting(event -> event.getString("operation"))
                    .containsExactlyInAnyOrder("score", "score", "embeddings");
            RecordedEvent embedding = events.stream()
                    .filter(event -> event.getString("operation").equals("embeddings"))
                    .findFirst()
                    .orElseThrow();
            assertThat(embedding.getInt("promptTokens")).isEqualTo(3);
            assertThat(embedding.getString("outcome")).isEqualTo("COMPLETED");
            assertThat(embedding.getString("reason")).isNull();
            assertThat(embedding.getDuration("queue")).isPositive();
            assertThat(embedding.getDuration("total")).isGreaterThan(embedding.getDuration("queue"));
        }
    }
}
