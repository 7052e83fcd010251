package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TextStream;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How answers and sessions end before their time: left, cancelled, closed. */
@Timeout(300)
class ChatSessionEndIT {

    private static final ContextOptions CONTEXT =
            TestModels.small().contextSize(512).build();

    @TinyModel
    private static Model model;

    private static ChatOptions.Builder greedy() {
        return ChatOptions.builder().context(CONTEXT).samplers(Sampler.greedy()).maxTokens(20);
    }

    private static ChatSession open() {
        return ChatSession.open(model, greedy().build());
    }

    /** The answer that a context of its own gives to the whole conversation. */
    private static String fresh(List<ChatMessage> messages) {
        try (ChatTemplate template = ChatTemplate.of(model)) {
            CompletionOptions options = CompletionOptions.builder()
                    .context(CONTEXT)
                    .samplers(Sampler.greedy())
                    .maxTokens(20)
                    .parseSpecial(true)
                    .build();
            return Completion.of(model, template.render(messages), options).text();
        }
    }

    @Test
    void forEach_break_stopsTheWorkAndKeepsTheSessionUsable() {
        try (ChatSession chat = open()) {
            TextStream answer = chat.send("hello");
            StringBuilder seen = new StringBuilder();
            for (String piece : answer) {
                seen.append(piece);
                if (seen.length() >= 3) {
                    break;
                }
            }
            int position = chat.context().kvCache().maxPosition(0);
            String next = chat.send("go on").text();
            assertThat(answer.finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(position)
                    .isLessThan(answer.usage().promptTokens() + answer.usage().generatedTokens());
            assertThat(chat.history().get(1)).isEqualTo(ChatMessage.assistant(seen.toString()));
            assertThat(next).isEqualTo(fresh(chat.history().subList(0, 3)));
        }
    }

    @Test
    void send_cancelledBeforeTheFirstToken_leavesNoTrace() {
        try (ChatSession chat = open()) {
            String expected = chat.send("hello").text();
            chat.reset();
            TextStream answer = chat.send("never mind");
            chat.cancel();
            assertThat(answer.text()).isEmpty();
            assertThat(answer.finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(chat.history()).isEmpty();
            assertThat(chat.send("hello").text()).isEqualTo(expected);
        }
    }

    @Test
    void cancel_fromAnotherThread_endsWithinAToken() throws Exception {
        ChatOptions options = greedy().maxTokens(GenerationOptions.UNLIMITED)
                .samplers(Sampler.dist(1))
                .build();
        try (ChatSession chat = ChatSession.open(model, options)) {
            TextStream answer = chat.send("hello");
            CountDownLatch begun = new CountDownLatch(1);
            FutureTask<Integer> reader = TestModels.start("reader", () -> {
                int pieces = 0;
                for (String piece : answer) {
                    pieces += piece.isEmpty() ? 0 : 1;
                    begun.countDown();
                }
                return pieces;
            });
            assertThat(begun.await(5, TimeUnit.MINUTES)).isTrue();
            chat.cancel();
            assertThat(reader.get(5, TimeUnit.MINUTES)).isPositive();
            assertThat(answer.finishReason())
                    .isIn(FinishReason.CANCELLED, FinishReason.STOP_TOKEN, FinishReason.CONTEXT_FULL);
            assertThat(chat.history()).hasSize(2);
        }
    }

    @Test
    void close_whileStreaming_nextThrows() {
        ChatSession chat = open();
        TextStream answer = chat.send("hello");
        Iterator<String> pieces = answer.iterator();
        pieces.next();
        chat.close();
        chat.close();
        assertThatIllegalStateException().isThrownBy(pieces::hasNext).withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(() -> chat.send("more")).withMessageContaining("closed");
        answer.close();
    }

    @Test
    void close_whileAnotherThreadReads_endsItWithAnException() throws Exception {
        ChatOptions options = greedy().maxTokens(GenerationOptions.UNLIMITED)
                .samplers(Sampler.logitBias(Map.of(2, -100f, 260, -100f)), Sampler.dist(2))
                .build();
        ChatSession chat = ChatSession.open(model, options);
        TextStream answer = chat.send("hello");
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<String> reader = TestModels.start("reader", () -> {
            answer.forEach(piece -> begun.countDown());
            return "ended";
        });
        assertThat(begun.await(5, TimeUnit.MINUTES)).isTrue();
        chat.close();
        try {
            assertThat(reader.get(5, TimeUnit.MINUTES)).isEqualTo("ended");
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        }
    }

    @Test
    void close_modelWhileStreaming_nextThrows() {
        try (Model other = TestModels.tiny();
                ChatSession chat = ChatSession.open(other, greedy().build())) {
            Iterator<String> pieces = chat.send("hello").iterator();
            pieces.next();
            other.close();
            assertThatIllegalStateException().isThrownBy(pieces::hasNext).withMessageContaining("closed");
        }
    }
}
