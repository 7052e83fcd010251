package dev.tokapu.benchmarks.prefix;

import java.io.IOException;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What a {@link Scenario} asks with: its sizes, random tokens, users, and a system whose answers are recorded.
 *
 * <p>Thread safety: safe.
 */
final class Load {

    /** One of the users of a load. */
    interface User {

        /**
         * What it asks, one after the other.
         *
         * @param number of the user, from 0
         */
        void run(int number) throws IOException, InterruptedException;
    }

    private final Answering system;
    private final Map<String, Integer> sizes;
    private final long seed;
    private final Recorded record;

    Load(Answering system, Map<String, Integer> sizes, long seed, Recorded record) {
        this.system = system;
        this.sizes = sizes;
        this.seed = seed;
        this.record = record;
    }

    /** A size of the scenario. */
    int size(String name) {
        Integer size = sizes.get(name);
        if (size == null) {
            throw new IllegalArgumentException("the size '" + name + "' is missing; there are " + sizes);
        }
        return size;
    }

    /** Random numbers that are the same for all systems. */
    SplittableRandom random(int salt) {
        return new SplittableRandom(seed * 1_000_003 + salt);
    }

    /**
     * Asks, and waits for the answer.
     *
     * @param turn which requests its counts are added to, from 0
     */
    Answer ask(int turn, int[] prompt, int tokens) throws IOException {
        return ask(turn, prompt, tokens, soFar -> {});
    }

    Answer ask(int turn, int[] prompt, int tokens, Consumer<int[]> soFar) throws IOException {
        int ideal = record.sent(prompt);
        Answer answer = system.answer(prompt, tokens, soFar);
        record.answered(turn, prompt, ideal, answer);
        return answer;
    }

    /** The tokens of an answer that is not recorded, though it is a beginning of what others ask. */
    int[] before(int[] prompt, int tokens) throws IOException {
        int[] answer = system.answer(prompt, tokens, soFar -> {}).tokens();
        record.seen(prompt, answer);
        return answer;
    }

    /** Ends the system and starts it again. */
    void restart() throws IOException {
        system.restart();
    }

    /** A user's answer has come so far, and is a beginning of what others ask. */
    void seen(int[] prompt, int[] soFar) {
        record.seen(prompt, soFar);
    }

    /** Runs so many users at once, to their end. */
    void together(int users, User user) throws IOException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(users);
        try {
            for (Future<?> end : IntStream.range(0, users)
                    .mapToObj(number -> threads.submit(() -> {
                        user.run(number);
                        return null;
                    }))
                    .toList()) {
                end.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a user got no answer: " + e.getCause(), e);
        } finally {
            threads.shutdownNow();
        }
    }
}
