package dev.tokapu.engine.run;

import dev.tokapu.Context;
import dev.tokapu.LoraSet;
import dev.tokapu.Sequence;
import dev.tokapu.SequenceState;
import dev.tokapu.StateCopy;
import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.schedule.KvOperation;
import dev.tokapu.engine.schedule.PrefixTiers;
import dev.tokapu.engine.schedule.SavedPrefix;
import dev.tokapu.exception.NativeAbortException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies sequences of the KV cache to host memory and back, in parts between the steps, and measures what that takes: answers wait for a
 * part, whose size {@link CopyPace} says.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class SequenceStates implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.engine.Engine");
    private final Context context;
    private final PrefixTiers tiers;
    private final boolean savesAll;
    private final Consumer<SavedPrefix> saved;
    private final ArrayDeque<StateTransfer> transfers = new ArrayDeque<>();
    private double savedTokenNanos;
    private double restoredTokenNanos;
    private double computedTokenNanos;
    private final CopyPace pace = new CopyPace();
    private final StepTimings timings;

    /**
     * Creates it.
     *
     * @param savesAll whether all that is evicted is saved, whatever that takes
     * @param timings are told what copies took
     * @param saved is told what host memory took in
     */
    SequenceStates(
            Context context, PrefixTiers tiers, boolean savesAll, StepTimings timings, Consumer<SavedPrefix> saved) {
        this.context = context;
        this.tiers = tiers;
        this.savesAll = savesAll;
        this.timings = timings;
        this.saved = saved;
    }

    /** Copies a sequence that is still empty: what the first copy of a JVM loads and links, no answer waits for. */
    void prepare() {
        Sequence empty = Sequence.of(context, 0);
        try (StateCopy save = empty.beginState()) {
            save.next(CopyPace.LEAST);
            try (SequenceState state = save.state();
                    StateCopy restore = empty.beginRestore(state)) {
                restore.next(CopyPace.LEAST);
            }
        }
    }

    /** Begins to save a sequence. */
    void save(KvOperation operation) {
        SavedPrefix prefix = operation.saved();
        int slot = operation.slot();
        long begun = System.nanoTime();
        try {
            begin(StateTransfer.save(slot, prefix, copyOf(slot, prefix)), begun);
        } catch (NativeAbortException e) {
            throw e;
        } catch (RuntimeException e) {
            notSaved(slot, prefix, e);
        }
    }

    /** Of what host memory does not have already. */
    private StateCopy copyOf(int slot, SavedPrefix prefix) {
        Sequence sequence = Sequence.of(context, slot);
        LoraSet adapters = adapters(prefix.scope());
        int[] tokens = prefix.tokens().toArray(prefix.length());
        return tiers.beginning(prefix) instanceof SavedSequence known
                ? known.state().beginContinuing(sequence, adapters, tokens)
                : sequence.beginState(adapters, tokens);
    }

    /** Begins to put what was saved into a sequence, which is empty. */
    void restore(KvOperation operation) {
        SavedPrefix prefix = operation.saved();
        int slot = operation.slot();
        long begun = System.nanoTime();
        if (!(prefix.state() instanceof SavedSequence state)) {
            notRestored(slot, prefix, new IllegalStateException("its state is gone"));
            return;
        }
        SavedSequence source = state.hold();
        try {
            StateCopy copy = Sequence.of(context, slot).beginRestore(adapters(prefix.scope()), source.state());
            begin(StateTransfer.restore(slot, prefix, operation.length(), copy, source), begun);
        } catch (NativeAbortException e) {
            source.close();
            throw e;
        } catch (RuntimeException e) {
            source.close();
            notRestored(slot, prefix, e);
        }
    }

    /** The context may have other adapters now. */
    private static LoraSet adapters(PrefixScope scope) {
        return scope.adapters() instanceof LoraSet set ? set : LoraSet.NONE;
    }

    private void begin(StateTransfer transfer, long begun) {
        transfers.add(transfer);
        pace.begun();
        took(transfer, begun);
    }

    private long took(StateTransfer transfer, long begun) {
        long nanos = System.nanoTime() - begun;
        transfer.took(nanos);
        pace.took(nanos);
        timings.copied(transfer.restores(), nanos);
        return nanos;
    }

    /**
     * Goes on with what has begun: as much as answers may wait for, or all of it where there are none.
     *
     * @param answers answers that wait for the next step
     * @param awaitingSaves requests that wait for a save to make room for them
     */
    void proceed(int answers, int awaitingSaves) {
        if (answers > 0 && !transfers.isEmpty()) {
            pace.waiting(answers, awaitingSaves + restores());
        }
        for (boolean first = true; !transfers.isEmpty(); first = false) {
            StateTransfer transfer = transfers.getFirst();
            long part = answers > 0 ? pace.part(transfer.restores()) : Long.MAX_VALUE;
            if (!first && part < CopyPace.LEAST) {
                break;
            }
            if (copy(transfer, Math.max(CopyPace.LEAST, part))) {
                transfers.removeFirst();
            }
        }
        pace.stepBegins();
    }

    /** What is being restored: a request waits for each. */
    private int restores() {
        int count = 0;
        for (StateTransfer transfer : transfers) {
            count += transfer.restores() ? 1 : 0;
        }
        return count;
    }

    /** Whether nothing is being saved or restored. */
    boolean isIdle() {
        return transfers.isEmpty();
    }

    /** Copies a part of a transfer; whether it has ended. */
    private boolean copy(StateTransfer transfer, long bytes) {
        SavedSequence state = null;
        try {
            if (!next(transfer, bytes)) {
                return false;
            }
            if (transfer.restores()) {
                cut(transfer);
            } else {
                state = new SavedSequence(transfer.state());
            }
        } catch (NativeAbortException e) {
            transfer.close();
            throw e;
        } catch (RuntimeException e) {
            failed(transfer, e);
            return true;
        }
        transfer.close();
        if (state == null) {
            restoredTokenNanos = CopyPace.average(restoredTokenNanos, transfer.tokenNanos());
            tiers.restored(transfer.slot, transfer.prefix, true);
        } else {
            savedTokenNanos = CopyPace.average(savedTokenNanos, transfer.tokenNanos());
            tiers.saved(transfer.prefix, state);
            if (transfer.prefix.state() != null) {
                saved.accept(transfer.prefix);
            }
        }
        worth();
        return true;
    }

    private boolean next(StateTransfer transfer, long bytes) {
        long begun = System.nanoTime();
        boolean complete = transfer.next(bytes);
        long nanos = took(transfer, begun);
        if (!complete) {
            pace.copied(transfer.restores(), bytes, nanos);
        }
        return complete;
    }

    private void cut(StateTransfer transfer) {
        if (!transfer.isWhole() && !context.kvCache().remove(transfer.slot, transfer.length, -1)) {
            throw new IllegalStateException("its end could not be removed");
        }
    }

    private void failed(StateTransfer transfer, RuntimeException e) {
        transfer.close();
        if (transfer.restores()) {
            notRestored(transfer.slot, transfer.prefix, e);
        } else {
            notSaved(transfer.slot, transfer.prefix, e);
        }
    }

    private void notSaved(int slot, SavedPrefix prefix, RuntimeException e) {
        LOG.warn("Sequence {} of the KV cache could not be saved to host memory: {}", slot, e.getMessage());
        tiers.saved(prefix, null);
    }

    private void notRestored(int slot, SavedPrefix prefix, RuntimeException e) {
        LOG.warn("A prefix could not be restored from host memory and is computed again: {}", e.getMessage());
        context.kvCache().remove(slot, -1, -1);
        tiers.restored(slot, prefix, false);
    }

    /** The end of a sequence, or all of it, is about to be removed: a save of it is completed now, a restore is abandoned. */
    void leave(int slot) {
        for (Iterator<StateTransfer> each = transfers.iterator(); each.hasNext(); ) {
            StateTransfer transfer = each.next();
            if (transfer.slot != slot) {
                continue;
            }
            each.remove();
            if (!transfer.restores() && transfer.prefix.isWanted()) {
                copy(transfer, Long.MAX_VALUE);
            } else {
                transfer.close();
                if (!transfer.restores()) {
                    tiers.saved(transfer.prefix, null);
                }
            }
        }
    }

    /** The state of a sequence that is kept; null when it cannot be taken. */
    @Nullable
    SavedSequence take(CachedSequence kept) {
        try {
            int[] tokens = kept.tokens().toArray(kept.length());
            return new SavedSequence(Sequence.of(context, kept.id()).state(adapters(kept.scope()), tokens));
        } catch (NativeAbortException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.warn("Sequence {} of the KV cache could not be copied: {}", kept.id(), e.getMessage());
            return null;
        }
    }

    /** Computing a token of a prompt takes so long; 0 when that is not known. */
    void prefillTakes(double nanosOfAToken) {
        computedTokenNanos = nanosOfAToken;
        worth();
    }

    /** A step was computed that answers wait for. */
    void computed(int generating, int prompt, long took) {
        if (generating > 0 && prompt == 0) {
            pace.stepTook(took);
        }
    }

    private void worth() {
        if (computedTokenNanos > 0 && !savesAll) {
            double gain = computedTokenNanos - restoredTokenNanos;
            tiers.savesFrom(gain > 0 ? savedTokenNanos / gain : Double.MAX_VALUE);
        }
    }

    /** Abandons what is not complete. */
    @Override
    public void close() {
        transfers.forEach(StateTransfer::close);
        transfers.clear();
    }
}
