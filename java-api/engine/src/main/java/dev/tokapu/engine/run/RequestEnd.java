package dev.tokapu.engine.run;

import dev.tokapu.text.FinishReason;
import dev.tokapu.text.Usage;
import org.jspecify.annotations.Nullable;

/**
 * The end of an answer, a score or an embedding, as recorders show it.
 *
 * @param tenant the hash code of its name
 * @param queue nanoseconds, as the other times
 */
public record RequestEnd(
        long id,
        int answer,
        String operation,
        int tenant,
        int priority,
        Usage usage,
        String outcome,
        @Nullable FinishReason reason,
        long queue,
        long firstToken,
        long total) {}
