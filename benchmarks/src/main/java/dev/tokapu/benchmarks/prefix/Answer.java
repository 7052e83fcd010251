package dev.tokapu.benchmarks.prefix;

/**
 * An answer and what it took.
 *
 * @param tokens its tokens; not to be changed
 * @param cachedTokens tokens of the prompt that the system had
 * @param sent when the request was sent, as {@link System#nanoTime()}
 * @param first when the first text came
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once
record Answer(int[] tokens, int cachedTokens, long sent, long first) {}
