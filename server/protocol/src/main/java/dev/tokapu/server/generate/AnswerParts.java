package dev.tokapu.server.generate;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.PrefillProgress;
import dev.tokapu.engine.Request;
import dev.tokapu.engine.RequestTimings;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the answers to a request, taken part by part: of a conversation with thoughts and tool calls, else as text alone.
 *
 * <p>Thread safety: polled by one thread at a time; {@link #cancel()} by any.
 *
 * @since 0.1
 */
public final class AnswerParts {

    private final int index;
    private final Generation generation;
    private final @Nullable ChatAnswer chat;
    private final @Nullable PrefillReport prefill;
    private volatile int polledTokens; // before the last poll that gave something

    /** An answer; of a conversation where {@code isChat}. */
    AnswerParts(int index, Generation generation, boolean isChat) {
        this.index = index;
        this.generation = generation;
        this.chat = isChat ? generation.chatAnswer() : null;
        this.prefill = generation.answers().get(0) == generation ? new PrefillReport(generation) : null;
    }

    /** {@return which of the answers, from 0} */
    public int index() {
        return index;
    }

    /** {@return the text as the engine makes it, for its tokens, log-probabilities, times and the reason of its end} */
    public TextStream text() {
        return generation;
    }

    /** The tokens so far. To count those of thoughts takes time that grows with the answer. */
    Usage usage() {
        return chat == null ? generation.usage() : chat.usage();
    }

    /** {@return the answer to a conversation} */
    public ChatAnswer chat() {
        ChatAnswer answer = chat;
        if (answer == null) {
            throw new IllegalStateException("the request is no conversation");
        }
        return answer;
    }

    Request request() {
        return generation.request();
    }

    RequestTimings timings() {
        return generation.requestTimings();
    }

    /** Why it ended, in OpenAI's words where those tell. */
    String finishReason() {
        return switch (text().finishReason()) {
            case CANCELLED -> "cancelled";
            case DEADLINE -> "deadline";
            case MAX_TOKENS, CONTEXT_FULL -> "length";
            case STOP_TOKEN, STOP_TEXT, STOP_CRITERION ->
                chat != null && !chat.toolCalls().isEmpty() ? "tool_calls" : "stop";
        };
    }

    boolean isFinished() {
        return generation.isFinished();
    }

    /** What is new of the prompt; null for nothing, and for all answers to it but the first. */
    @Nullable
    PrefillProgress pollPrefill() {
        return prefill == null ? null : prefill.next();
    }

    /** Whether so many tokens have come since the last poll that gave something, or the first ones. */
    boolean isDue(int tokens) {
        return tokens == 1 || polledTokens == 0 || generation.usage().generatedTokens() - polledTokens >= tokens;
    }

    /** What is new. What is there after the end is the rest. */
    List<AnswerDelta> poll() {
        int tokens = generation.usage().generatedTokens();
        List<AnswerDelta> deltas = pollDeltas();
        polledTokens = deltas.isEmpty() ? polledTokens : tokens;
        return deltas;
    }

    private List<AnswerDelta> pollDeltas() {
        if (chat != null) {
            return chat.pollDeltas();
        }
        String text = generation.poll();
        return text.isEmpty() ? List.of() : List.of(new AnswerDelta.Text(text));
    }

    void onProgress(Runnable action) {
        generation.onProgress(action);
    }

    /** Has the engine compute nothing more of it for now, or lets it go on. */
    void pause(boolean paused) {
        if (paused) {
            generation.pause();
        } else {
            generation.resume();
        }
    }

    /** Ends it; the engine drops it within a step. */
    public void cancel() {
        generation.cancel();
    }
}
