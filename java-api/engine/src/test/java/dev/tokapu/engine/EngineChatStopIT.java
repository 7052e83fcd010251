package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.StoppingCriterion;
import dev.tokapu.text.TextStream;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of an answer in a conversation is the engine's, not only its reader's. */
@Timeout(300)
class EngineChatStopIT {

    private static final String TEXT = "abcdefghijklmnopqrstuvwxyz";

    @TinyModel
    private static Model model;

    private final BlockingQueue<FinishedRequest> told = new LinkedBlockingQueue<>();
    private Engine engine;

    @BeforeEach
    void start() {
        engine = Engine.start(
                model,
                EngineFixture.options()
                        .maxSequences(1)
                        .sequenceContextSize(1024)
                        .listener(new EngineListener() {
                            @Override
                            public void finished(FinishedRequest request) {
                                told.add(request);
                            }
                        })
                        .build());
    }

    @AfterEach
    void close() {
        engine.close();
    }

    /** The alphabet, again and again. */
    private static ChatOptions.Builder alphabet() {
        int[] text = model.vocab()
                .tokenize(TEXT, TokenizeOptions.builder().addSpecial(false).build());
        return ChatOptions.builder()
                .samplers(EngineFixture.saying(text), Sampler.greedy())
                .maxTokens(500);
    }

    private void assertTold(FinishReason reason) throws InterruptedException {
        FinishedRequest request = told.poll(5, TimeUnit.MINUTES);
        assertThat(request.finishReason()).isEqualTo(reason);
        assertThat(request.outcome()).isEqualTo(FinishedRequest.Outcome.COMPLETED);
        assertThat(request.operation()).isEqualTo(FinishedRequest.Operation.CHAT);
        EngineFixture.awaitIdle(engine);
        assertThat(engine.snapshot().completed()).isEqualTo(1);
        assertThat(engine.snapshot().cancelled()).isZero();
    }

    @Test
    void stopText_readAtOnce_isCountedAsSuch() throws InterruptedException {
        try (ChatSession chat = engine.chat(alphabet().stops("jkl").build())) {
            TextStream answer = chat.send("hi");
            assertThat(answer.text().strip()).isEqualTo("abcdefghi");
            assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP_TEXT);
            assertTold(FinishReason.STOP_TEXT);
        }
    }

    @Test
    void stopText_readerThatSleeps_holdsNoSequencePastIt() throws InterruptedException {
        try (ChatSession chat = engine.chat(alphabet().stops("jkl").build())) {
            TextStream answer = chat.send("hi");
            Iterator<String> pieces = answer.iterator();
            StringBuilder text = new StringBuilder(pieces.next());
            assertTold(FinishReason.STOP_TEXT); // before anything more is read
            pieces.forEachRemaining(text::append);
            assertThat(text.toString().strip()).isEqualTo("abcdefghi");
            assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP_TEXT);
        }
    }

    @Test
    void criterion_readerThatSleeps_holdsNoSequencePastIt() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        StoppingCriterion sixTokens = soFar -> {
            assertThat(soFar.size()).isEqualTo(asked.incrementAndGet());
            return soFar.size() >= 6;
        };
        try (ChatSession chat =
                engine.chat(alphabet().stoppingCriteria(sixTokens).build())) {
            TextStream answer = chat.send("hi");
            Iterator<String> pieces = answer.iterator();
            pieces.next();
            assertTold(FinishReason.STOP_CRITERION);
            pieces.forEachRemaining(piece -> {});
            assertThat(answer.tokens()).hasSize(6);
            assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP_CRITERION);
            assertThat(asked).as("asked once for a token").hasValue(6);
            assertThat(chat.history()).hasSize(2);
        }
    }

    @Test
    void maxTokens_isCountedAsSuch() throws InterruptedException {
        try (ChatSession chat = engine.chat(alphabet().maxTokens(7).build())) {
            TextStream answer = chat.send("hi");
            answer.text();
            assertThat(answer.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
            assertTold(FinishReason.MAX_TOKENS);
        }
    }

    @Test
    void criterionThatThrows_reachesTheReader() throws InterruptedException {
        StoppingCriterion bad = soFar -> {
            throw new IllegalStateException("mine");
        };
        try (ChatSession chat = engine.chat(alphabet().stoppingCriteria(bad).build())) {
            TextStream answer = chat.send("hi");
            assertThatThrownBy(answer::text).hasStackTraceContaining("mine");
            assertThat(told.poll(5, TimeUnit.MINUTES).outcome()).isEqualTo(FinishedRequest.Outcome.FAILED);
        }
    }
}
