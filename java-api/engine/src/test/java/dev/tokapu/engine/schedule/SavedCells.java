package dev.tokapu.engine.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Host memory of a world. The tokens of a slot are saved some plans later, or before the slot is changed; their cells stay until then. Now and
 * then saving or restoring fails.
 */
final class SavedCells {

    long saved;
    long restored;
    long beside;
    private final CellModel model;
    private final SchedulerConfig config;
    private final SplittableRandom random;
    private final double failures;
    private final double speed;
    private final List<Transfer> transfers = new ArrayList<>();
    private long bytes;

    SavedCells(CellModel model, SchedulerConfig config, SplittableRandom random, double failures) {
        this.model = model;
        this.config = config;
        this.random = random;
        this.failures = failures;
        this.speed = random.nextInt(1, 4) / 3.0;
    }

    /**
     * A save or a restore that is not complete.
     *
     * @param length how many tokens are wanted
     * @param cells the cells that a save reads; none for a restore
     * @param source the tokens that a restore reads; null for a save
     */
    private record Transfer(
            int slot,
            SavedPrefix prefix,
            int length,
            List<Object> cells,
            @Nullable Tokens source) {}

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

    void apply(KvOperation operation, PrefixTiers tiers) {
        switch (operation.kind()) {
            case SAVE -> save(operation);
            case RESTORE -> restore(operation);
            case COPY -> model.apply(operation);
            case CLEAR, TRIM -> {
                leave(operation, tiers);
                model.apply(operation);
            }
        }
    }

    /** Completes what is on its way, or some of it. */
    void proceed(boolean answersWait, PrefixTiers tiers) {
        while (!transfers.isEmpty() && (!answersWait || random.nextDouble() < speed)) {
            beside += answersWait ? 1 : 0;
            complete(transfers.remove(0), tiers);
        }
        check(tiers);
    }

    private void leave(KvOperation operation, PrefixTiers tiers) {
        for (Transfer transfer : List.copyOf(transfers)) {
            if (transfer.slot == operation.slot()) {
                transfers.remove(transfer);
                boolean restores = transfer.source != null;
                Check.that(!restores || operation.kind() == KvOperation.Kind.CLEAR, "cut", transfer.slot, 0);
                if (!restores) {
                    complete(transfer, tiers);
                }
            }
        }
    }

    private void complete(Transfer transfer, PrefixTiers tiers) {
        if (transfer.source != null) {
            restored(transfer, transfer.source, tiers);
            return;
        }
        Set<Object> used = model.used();
        for (Object cell : transfer.cells) {
            Check.that(used.contains(cell), "a cell is gone before it was saved", transfer.slot, transfer.length);
        }
        int[] tokens = cells(transfer.prefix, transfer.length);
        saved += tokens.length;
        boolean done = transfer.prefix.isWanted() && random.nextDouble() >= failures;
        tiers.saved(transfer.prefix, done ? new Tokens(tokens) : null);
    }

    private static int[] cells(SavedPrefix prefix, int length) {
        int group = (Integer) prefix.scope().adapters();
        return Arrays.stream(prefix.tokens().toArray(length))
                .map(token -> SimulatedAnswers.cell(token, group))
                .toArray();
    }

    private void save(KvOperation operation) {
        int slot = operation.slot();
        SavedPrefix prefix = operation.saved();
        Check.equal("all of a slot is saved", prefix.length(), model.length(slot));
        int[] wanted = cells(prefix, prefix.length());
        for (int i = 0; i < prefix.length(); i++) {
            Check.equal("saved token", model.token(slot, i), wanted[i]);
        }
        transfers.add(new Transfer(slot, prefix, prefix.length(), model.cells(slot), null));
    }

    /** Until it is complete, the slot has as many cells as there will be, with nothing of use in them. */
    private void restore(KvOperation operation) {
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
        for (int i = 0; i < state.tokens.length; i++) {
            model.decode(slot, i, -1);
        }
        model.checkSize();
        transfers.add(new Transfer(slot, operation.saved(), operation.length(), List.of(), state));
    }

    private void restored(Transfer transfer, Tokens source, PrefixTiers tiers) {
        boolean done = random.nextDouble() >= failures;
        model.replace(transfer.slot, source.tokens);
        model.truncate(transfer.slot, done ? transfer.length : 0);
        restored += done ? transfer.length : 0;
        tiers.restored(transfer.slot, transfer.prefix, done);
    }

    private void check(PrefixTiers tiers) {
        Check.that(bytes <= config.hostBytes(), "bytes within the budget", bytes, config.hostBytes());
        Check.equal("bytes of the tier", tiers.bytes(), bytes);
    }
}
