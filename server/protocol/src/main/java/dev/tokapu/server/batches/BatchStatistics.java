package dev.tokapu.server.batches;

import dev.tokapu.server.batches.Batch.Counts;

/**
 * Counts of batches, for metrics. Completed requests and their tokens are counted from the start of the server.
 *
 * <p>Thread safety: immutable.
 *
 * @param unfinished batches that have not ended
 * @param running requests that are being answered
 * @param completed requests that were answered
 * @param failed requests whose answer was an error
 * @param promptTokens tokens of their prompts
 * @param generatedTokens tokens of their answers
 * @since 0.1
 */
public record BatchStatistics(
        int unfinished, int running, long completed, long failed, long promptTokens, long generatedTokens) {

    static final BatchStatistics NONE = new BatchStatistics(0, 0, 0, 0, 0, 0);

    /** With what a batch has done between two counts. */
    BatchStatistics plus(Counts before, Counts after) {
        return new BatchStatistics(
                unfinished,
                running,
                completed + after.completed() - before.completed(),
                failed + after.failed() - before.failed(),
                promptTokens + after.usage().input() - before.usage().input(),
                generatedTokens + after.usage().output() - before.usage().output());
    }

    BatchStatistics now(int batches, int requests) {
        return new BatchStatistics(batches, requests, completed, failed, promptTokens, generatedTokens);
    }
}
