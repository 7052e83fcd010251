package dev.tokapu.engine;

import dev.tokapu.chat.ChatPrompt;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TokenPrompt;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all answers of a request have in common.
 *
 * @param options how they are generated, with what the prompt's template wants
 * @param chat the prompt, when it is a conversation
 * @param answers the list of them, to be complete before a user sees one
 */
record GenerationOrigin(
        long id,
        Request request,
        FinishedRequest.Operation operation,
        GenerationOptions options,
        TokenPrompt prompt,
        @Nullable ChatPrompt chat,
        long submitted,
        List<Generation> answers) {

    /** An answer has ended. */
    FinishedRequest finished(
            Generation answer, int branch, @Nullable FinishReason reason, @Nullable Throwable failure) {
        return new FinishedRequest(
                id,
                branch,
                operation,
                request.scheduling().tenant(),
                request.scheduling().priority(),
                answer.usage(),
                reason,
                failure,
                answer.requestTimings(),
                Instant.now());
    }
}
