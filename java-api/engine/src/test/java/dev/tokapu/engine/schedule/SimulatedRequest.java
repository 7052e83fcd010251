package dev.tokapu.engine.schedule;

/** What the simulation knows about a request by itself, without asking the scheduler; what it is scheduled for. */
final class SimulatedRequest {

    /** One token in so many ends an answer. */
    private static final int END_OF_TEXT = 37;

    final ScheduledRequest<SimulatedRequest> request;
    final long seed;
    final int generatable;
    final int reservedTogether;
    final int reservedPerSequence;
    final SimulatedSequence[] sequences;

    boolean admitted;
    boolean prompted;
    boolean ended;
    boolean cancelled;
    int prefilled;
    int liveSequences;
    int slots;

    /** Steps in which the whole prompt was first in order and found no room beside decoding. */
    int passedOver;

    /** One answer, and what it is when its request runs alone: the oracle. */
    static final class SimulatedSequence {

        final long seed;
        boolean ended;
        boolean cancelled;
        int slot = -1;
        int generated;
        int drafts;

        /** Steps of its group in a row that left it out. */
        int skipped;

        /** The sequence with all that was generated; the last token of it is not in the KV cache. */
        long alone;

        int last;

        /** What a step sampled and the scheduler was not told yet. */
        int sampled;

        boolean sampledEnd;

        /** Whether a step computed it and it was not sampled since. */
        boolean unsampled;

        /** Whether nothing more is wanted of it for now. */
        boolean paused;

        SimulatedSequence(long seed) {
            this.seed = seed;
        }

        /** The next token of the request running alone. */
        int expected() {
            return SimulatedModel.next(alone, seed);
        }

        void generate(int token) {
            alone = SimulatedModel.append(alone, token);
            last = token;
            generated++;
        }
    }

    SimulatedRequest(long seed, ScheduledRequestBuilder builder, SchedulerConfig config) {
        this.seed = seed;
        request = builder.build(this);
        sequences = new SimulatedSequence[request.branches()];
        for (int branch = 0; branch < sequences.length; branch++) {
            sequences[branch] = new SimulatedSequence(seed + branch);
        }
        liveSequences = sequences.length;
        int promptTokens = request.promptTokens();
        generatable = request.promptOnly() ? 0 : Math.min(request.maxTokens(), config.slotTokens() - promptTokens);
        reservedTogether = config.shared() ? promptTokens : 0;
        reservedPerSequence = config.shared() ? generatable : promptTokens + generatable;
    }

    static SimulatedSequence of(ScheduledSequence<SimulatedRequest> sequence) {
        return sequence.request().task().sequences[sequence.branch()];
    }

    int promptToken(int position) {
        return (int) SimulatedModel.append(seed, position);
    }

    /** Runs the prompt alone, for the oracle of each sequence. */
    void promptAlone() {
        long prefix = 0;
        for (int position = 0; position < request.promptTokens(); position++) {
            prefix = SimulatedModel.append(prefix, promptToken(position));
        }
        for (SimulatedSequence sequence : sequences) {
            sequence.alone = prefix;
        }
    }

    static boolean endsText(int token) {
        return Math.floorMod(token, END_OF_TEXT) == 0;
    }

    long reservation() {
        return reservedTogether + (long) liveSequences * reservedPerSequence;
    }

    /** Whether a step could compute something for it. */
    boolean hasWork() {
        if (!admitted || ended) {
            return false;
        }
        if (!prompted) {
            return true;
        }
        for (SimulatedSequence sequence : sequences) {
            if (isReady(sequence)) {
                return true;
            }
        }
        return false;
    }

    /** Sequences that generate. */
    int generating() {
        int count = 0;
        for (SimulatedSequence sequence : sequences) {
            count += sequence.ended || sequence.paused ? 0 : 1;
        }
        return count;
    }

    boolean isReady(SimulatedSequence sequence) {
        return prompted && !request.promptOnly() && !sequence.ended && !sequence.paused && !sequence.unsampled;
    }
}
