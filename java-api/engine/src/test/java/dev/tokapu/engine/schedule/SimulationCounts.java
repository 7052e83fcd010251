package dev.tokapu.engine.schedule;

/** What a simulation went through, so that a test can see that nothing was left out. */
@SuppressWarnings("EnumOrdinal") // arrays by constant
final class SimulationCounts {

    long steps;
    long offered;
    long accepted;
    long tokens;
    long failed;
    long bridges;
    long gapTokens;
    long padded;
    private final long[] ends = new long[EndReason.values().length];

    void ended(EndReason reason) {
        ends[reason.ordinal()]++;
    }

    long ends(EndReason reason) {
        return ends[reason.ordinal()];
    }

    @Override
    public String toString() {
        return steps + " steps, " + failed + " failed, " + accepted + " of " + offered + " requests accepted, " + tokens
                + " tokens, gaps closed by " + gapTokens + " of prompts and " + bridges + " others, " + padded
                + " padded; ends: "
                + ends(EndReason.DONE) + " done, " + ends(EndReason.CANCELLED) + " cancelled, "
                + ends(EndReason.DEADLINE) + " over deadline";
    }
}
