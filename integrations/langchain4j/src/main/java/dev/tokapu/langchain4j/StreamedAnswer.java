package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.response.ChatModelStreamingEvent;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.engine.Generation;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An answer that one thread reads while it is generated.
 *
 * <p>Thread safety: {@link #submitted} and {@link #read} are for one thread at a time; any may cancel, pause and resume.
 */
final class StreamedAnswer implements StreamingHandle {

    private final ChatCalls.Prepared request;
    private volatile @Nullable Generation generation;
    private volatile boolean cancelled;

    StreamedAnswer(ChatCalls.Prepared request) {
        this.request = request;
    }

    /** {@return what the engine computes; it gets the request from the first thread that calls this, whose trace it belongs to} */
    Generation submitted() {
        Generation known = generation;
        if (known == null) {
            known = Failures.mapped(request::submit);
            generation = known;
        }
        return known;
    }

    /**
     * Has the answer generated and hands on what is new, until it ends or is cancelled.
     *
     * @param events takes what is new
     * @return the response; null when it was cancelled
     * @throws RuntimeException one of LangChain4j's, or what {@code events} throws
     */
    @Nullable
    ChatResponse read(Consumer<ChatModelStreamingEvent> events) {
        try (Generation submitted = submitted()) {
            ChatAnswer answer = submitted.chatAnswer();
            AnswerEvents known = new AnswerEvents();
            try (Stream<AnswerDelta> deltas = answer.deltas()) {
                Iterator<AnswerDelta> all = deltas.iterator();
                while (!cancelled && Failures.mapped(all::hasNext)) {
                    ChatModelStreamingEvent event = known.of(all.next());
                    if (event != null && !cancelled) {
                        events.accept(event);
                    }
                }
            }
            return cancelled ? null : Failures.mapped(() -> ChatCalls.response(request, submitted, answer));
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        Generation running = generation;
        if (running != null) {
            running.cancel();
        }
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    /** Has the engine compute nothing more of it for now, or go on. */
    void pause(boolean paused) {
        Generation running = generation;
        if (running == null) {
            return;
        }
        if (paused) {
            running.pause();
        } else {
            running.resume();
        }
    }
}
