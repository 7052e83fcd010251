package dev.tokapu.internal.schedule;

/** What the simulation knows about a job by itself, without asking the scheduler; the job's tag. */
final class SimulatedJob {

    /** One token in so many ends an answer. */
    private static final int END_OF_TEXT = 37;

    final Job job;
    final long seed;
    final int generatable;
    final int reservedTogether;
    final int reservedPerLane;
    final SimulatedLane[] lanes;

    boolean admitted;
    boolean prompted;
    boolean ended;
    boolean cancelled;
    int prefilled;
    int liveLanes;
    int slots;

    /** Steps in which the whole prompt was first in order and found no room beside decoding. */
    int passedOver;

    /** One answer, and what it is when its job runs alone: the oracle. */
    static final class SimulatedLane {

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

        SimulatedLane(long seed) {
            this.seed = seed;
        }

        /** The next token of the job running alone. */
        int expected() {
            return SimulatedModel.next(alone, seed);
        }

        void generate(int token) {
            alone = SimulatedModel.append(alone, token);
            last = token;
            generated++;
        }
    }

    SimulatedJob(
            long id,
            long seed,
            int tenant,
            int priority,
            long arrival,
            long deadline,
            int promptTokens,
            int maxTokens,
            int branches,
            int group,
            boolean promptOnly,
            boolean whole,
            Limits limits) {
        this.seed = seed;
        job = new Job(
                id,
                tenant,
                priority,
                arrival,
                deadline,
                promptTokens,
                maxTokens,
                branches,
                group,
                promptOnly,
                whole,
                this);
        lanes = new SimulatedLane[branches];
        for (int branch = 0; branch < branches; branch++) {
            lanes[branch] = new SimulatedLane(seed + branch);
        }
        liveLanes = branches;
        generatable = promptOnly ? 0 : Math.min(maxTokens, limits.slotTokens() - promptTokens);
        reservedTogether = limits.shared() ? promptTokens : 0;
        reservedPerLane = limits.shared() ? generatable : promptTokens + generatable;
    }

    static SimulatedJob of(Job job) {
        if (job.tag() instanceof SimulatedJob simulated) {
            return simulated;
        }
        throw new AssertionError("Job " + job.id() + " lost its tag");
    }

    static SimulatedLane of(Lane lane) {
        return of(lane.job()).lanes[lane.branch()];
    }

    int promptToken(int position) {
        return (int) SimulatedModel.append(seed, position);
    }

    /** Runs the prompt alone, for the oracle of each lane. */
    void promptAlone() {
        long prefix = 0;
        for (int position = 0; position < job.promptTokens(); position++) {
            prefix = SimulatedModel.append(prefix, promptToken(position));
        }
        for (SimulatedLane lane : lanes) {
            lane.alone = prefix;
        }
    }

    static boolean endsText(int token) {
        return Math.floorMod(token, END_OF_TEXT) == 0;
    }

    long reservation() {
        return reservedTogether + (long) liveLanes * reservedPerLane;
    }

    /** Whether a step could compute something for it. */
    boolean hasWork() {
        if (!admitted || ended) {
            return false;
        }
        if (!prompted) {
            return true;
        }
        for (SimulatedLane lane : lanes) {
            if (isReady(lane)) {
                return true;
            }
        }
        return false;
    }

    boolean isReady(SimulatedLane lane) {
        return prompted && !job.promptOnly() && !lane.ended && !lane.unsampled;
    }
}
