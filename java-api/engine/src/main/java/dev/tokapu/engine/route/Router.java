package dev.tokapu.engine.route;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the replica that computes a request: the one with the least work, which is what its unfinished requests take, what its prefix cache lacks of
 * the prompt, and the wait for a sequence where none is free. Work is counted in prompt tokens.
 *
 * <p>Thread safety: safe.
 */
public final class Router {

    private static final int GENERATED_TOKEN = 2; // adds as much to a step as so many of a prompt, about
    private static final int FIRST_GUESS = 128; // tokens of an answer, as long as none has ended
    private static final int GUESS_WEIGHT = 16; // how many answers the guess is made of

    /**
     * What is asked for.
     *
     * @param scope who shares prefixes with it; null when no prefix cache is looked at
     * @param prompt its tokens
     * @param answers sequences that it takes
     * @param maxTokens the most that an answer generates; 0 for what ends with its prompt
     */
    @SuppressWarnings("ArrayRecordComponent") // not changed
    public record Wanted(@Nullable Object scope, int[] prompt, int answers, int maxTokens) {}

    /**
     * Where a request is computed, until its answers have {@linkplain #left left}.
     *
     * <p>Thread safety: safe.
     */
    public final class Placement {

        private final int replica;
        private final long work; // of each of its answers
        private int unfinished; // guarded by the router

        private Placement(int replica, long work, int answers) {
            this.replica = replica;
            this.work = work;
            this.unfinished = answers;
        }

        /** The number of the replica. */
        public int replica() {
            return replica;
        }

        /** Answers have ended, or are computed elsewhere. Those that have left before do not count again. */
        public void left(int answers) {
            synchronized (Router.this) {
                int leaving = Math.min(answers, unfinished);
                unfinished -= leaving;
                replicas.get(replica).unfinished -= leaving;
                replicas.get(replica).work -= work * leaving;
            }
        }
    }

    private static final class Replica {

        final int sequences;
        final PrefixIndex prefixes;
        int unfinished; // answers
        long work;

        Replica(int sequences, long kvTokens) {
            this.sequences = sequences;
            this.prefixes = new PrefixIndex(kvTokens);
        }
    }

    private final List<Replica> replicas = new ArrayList<>();
    private double guess = FIRST_GUESS;
    private int first;

    /** A further replica, before anything is placed. */
    public void add(int sequences, long kvTokens) {
        replicas.add(new Replica(sequences, kvTokens));
    }

    /** Places a request on one of the replicas that may have it; null when none may. */
    public @Nullable Placement place(Wanted wanted, IntPredicate may) {
        long[] hashes = wanted.scope() == null ? new long[0] : PrefixIndex.hashes(wanted.scope(), wanted.prompt());
        synchronized (this) {
            int best = -1;
            long least = Long.MAX_VALUE;
            for (int i = 0; i < replicas.size(); i++) {
                int candidate = (first + i) % replicas.size();
                if (may.test(candidate)) {
                    long cost = cost(replicas.get(candidate), hashes, wanted);
                    if (cost < least) {
                        least = cost;
                        best = candidate;
                    }
                }
            }
            return best < 0 ? null : enter(best, hashes, wanted);
        }
    }

    private static long lacking(Replica replica, long[] hashes, Wanted wanted) {
        return Math.max(1, wanted.prompt().length - replica.prefixes.longest(hashes));
    }

    private static long cost(Replica replica, long[] hashes, Wanted wanted) {
        boolean waits = replica.unfinished + wanted.answers() > replica.sequences;
        return replica.work + lacking(replica, hashes, wanted) + (waits ? replica.work / replica.sequences : 0);
    }

    private Placement enter(int index, long[] hashes, Wanted wanted) {
        Replica replica = replicas.get(index);
        long generating = (long) (GENERATED_TOKEN * Math.min(guess, wanted.maxTokens()));
        long work = lacking(replica, hashes, wanted) / wanted.answers() + generating;
        replica.prefixes.add(hashes);
        replica.unfinished += wanted.answers();
        replica.work += work * wanted.answers();
        first = (index + 1) % replicas.size();
        return new Placement(index, work, wanted.answers());
    }

    /** An answer came to so many tokens. */
    public synchronized void generated(int tokens) {
        guess += (tokens - guess) / GUESS_WEIGHT;
    }

    /** Whether as many more answers find a sequence. */
    public synchronized boolean hasRoom(int replica, int answers) {
        return replicas.get(replica).unfinished + answers <= replicas.get(replica).sequences;
    }

    /** Whether more answers are there than it has sequences. */
    public boolean isOverfull(int replica) {
        return !hasRoom(replica, 0);
    }

    /** Answers of a replica that have not ended. */
    synchronized int unfinished(int replica) {
        return replicas.get(replica).unfinished;
    }

    /** What they take, in prompt tokens. */
    synchronized long work(int replica) {
        return replicas.get(replica).work;
    }
}
