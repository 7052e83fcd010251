package dev.tokapu.engine.run;

import dev.tokapu.Context;
import dev.tokapu.Sequence;
import dev.tokapu.engine.schedule.KvOperation;
import dev.tokapu.engine.schedule.PrefixTiers;
import dev.tokapu.engine.schedule.SavedPrefix;
import dev.tokapu.engine.schedule.SavedState;
import dev.tokapu.exception.NativeAbortException;
import dev.tokapu.internal.util.IntList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies sequences of the KV cache to host memory and back, between two steps, and measures what that takes: answers wait for it, so that
 * it is to take no longer than half a step beside them.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class SequenceStates {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.engine.Engine");
    private static final double NEW_WEIGHT = 1.0 / 8;
    private static final double PART_OF_A_STEP = 0.5;

    private final Context context;
    private final PrefixTiers tiers;
    private final boolean savesAll;
    private final Consumer<SavedPrefix> saved;
    private double savedTokenNanos;
    private double restoredTokenNanos;
    private double computedTokenNanos;
    private double stepNanos;
    private long nanos;

    /**
     * Creates it.
     *
     * @param savesAll whether all that is evicted is saved, whatever that takes
     * @param saved is told what host memory took in
     */
    SequenceStates(Context context, PrefixTiers tiers, boolean savesAll, Consumer<SavedPrefix> saved) {
        this.context = context;
        this.tiers = tiers;
        this.savesAll = savesAll;
        this.saved = saved;
    }

    /** Nanoseconds that all copies took so far. */
    long nanos() {
        return nanos;
    }

    void save(KvOperation operation) {
        long begun = System.nanoTime();
        SavedPrefix prefix = operation.saved();
        SavedSequence state = take(operation.slot(), prefix.tokens(), prefix.length());
        savedTokenNanos = average(savedTokenNanos, copied(operation.length(), begun));
        limit();
        tiers.saved(operation, state);
        if (prefix.state() != null) {
            saved.accept(prefix);
        }
    }

    /** The state of a sequence with its first tokens; null when it cannot be taken. */
    @Nullable
    SavedSequence take(int slot, IntList tokens, int length) {
        try {
            return new SavedSequence(Sequence.of(context, slot).state(tokens.toArray(length)));
        } catch (NativeAbortException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn("Sequence {} of the KV cache could not be saved to host memory: {}", slot, e.getMessage());
            return null;
        }
    }

    void restore(KvOperation operation) {
        long begun = System.nanoTime();
        boolean done = put(operation);
        restoredTokenNanos =
                average(restoredTokenNanos, copied(operation.saved().length(), begun));
        limit();
        tiers.restored(operation, done);
    }

    private boolean put(KvOperation operation) {
        int slot = operation.slot();
        SavedState state = operation.saved().state();
        try {
            if (!(state instanceof SavedSequence present)) {
                throw new IllegalStateException("its state is gone");
            }
            Sequence.of(context, slot).restore(present.state());
            boolean whole = operation.length() == operation.saved().length();
            if (whole || context.kvCache().remove(slot, operation.length(), -1)) {
                return true;
            }
            throw new IllegalStateException("its end could not be removed");
        } catch (NativeAbortException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn("A prefix could not be restored from host memory and is computed again: {}", e.getMessage());
            context.kvCache().remove(slot, -1, -1);
            return false;
        }
    }

    private double copied(int tokens, long begun) {
        long took = System.nanoTime() - begun;
        nanos += took;
        return (double) took / tokens;
    }

    /** Computing a token of a prompt takes so long; 0 when that is not known. */
    void prefillTakes(double nanosOfAToken) {
        computedTokenNanos = nanosOfAToken;
        limit();
    }

    /** A step was computed that answers wait for. */
    void computed(int generating, int prompt, long took) {
        if (generating > 0 && prompt == 0) {
            stepNanos = average(stepNanos, (double) took);
            limit();
        }
    }

    private static double average(double before, double value) {
        return before == 0 ? value : before + NEW_WEIGHT * (value - before);
    }

    private void limit() {
        double slower = Math.max(savedTokenNanos, restoredTokenNanos);
        if (slower > 0 && stepNanos > 0) {
            tiers.transfersAtMost((int) Math.min(Integer.MAX_VALUE, PART_OF_A_STEP * stepNanos / slower));
        }
        if (computedTokenNanos > 0 && !savesAll) {
            double gain = computedTokenNanos - restoredTokenNanos;
            tiers.savesFrom(gain > 0 ? savedTokenNanos / gain : Double.MAX_VALUE);
        }
    }
}
