package dev.tokapu.engine.schedule;

import java.util.SplittableRandom;

/** Host memory of a world: what is saved are the tokens of a slot. Now and then saving or restoring fails. */
final class SavedCells {

    long saved;
    long restored;
    private final CellModel model;
    private final SchedulerConfig config;
    private final SplittableRandom random;
    private final double failures;
    private long bytes;

    SavedCells(CellModel model, SchedulerConfig config, SplittableRandom random, double failures) {
        this.model = model;
        this.config = config;
        this.random = random;
        this.failures = failures;
    }

    /** Tokens of a slot; each takes a byte. */
    private final class Tokens implements SavedState {

        private final int[] tokens;
        private boolean closed;

        Tokens(int[] tokens) {
            this.tokens = tokens;
            bytes += tokens.length;
        }

        @Override
        public long bytes() {
            return tokens.length;
        }

        @Override
        public void close() {
            Check.that(!closed, "closed twice", tokens.length, 0);
            closed = true;
            bytes -= tokens.length;
        }
    }

    void save(KvOperation operation, PrefixTiers tiers) {
        int slot = operation.slot();
        SavedPrefix prefix = operation.saved();
        Check.equal("all of a slot is saved", prefix.length(), model.length(slot));
        int[] tokens = new int[prefix.length()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = model.token(slot, i);
            Check.equal("saved token", tokens[i], prefix.tokens().get(i));
        }
        saved += tokens.length;
        tiers.saved(operation, random.nextDouble() < failures ? null : new Tokens(tokens));
        check(tiers);
    }

    void restore(KvOperation operation, PrefixTiers tiers) {
        int slot = operation.slot();
        Check.equal("restored to a slot in use", model.length(slot), 0);
        if (!(operation.saved().state() instanceof Tokens state)) {
            throw new AssertionError("nothing is saved");
        }
        Check.that(!state.closed, "restored after its end", slot, 0);
        Check.that(
                config.trims() || operation.length() == state.tokens.length,
                "part of a whole",
                operation.length(),
                state.tokens.length);
        boolean done = random.nextDouble() >= failures;
        for (int i = 0; done && i < state.tokens.length; i++) {
            model.decode(slot, i, state.tokens[i]);
        }
        Check.that(!config.shared() || model.used() <= config.kvTokens(), "cells", model.used(), config.kvTokens());
        if (done) {
            model.truncate(slot, operation.length());
            restored += operation.length();
        }
        tiers.restored(operation, done);
        check(tiers);
    }

    void check(PrefixTiers tiers) {
        Check.that(bytes <= config.hostBytes(), "bytes within the budget", bytes, config.hostBytes());
        Check.equal("bytes of the tier", tiers.bytes(), bytes);
    }
}
