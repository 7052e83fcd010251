package dev.tokapu.engine.run;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.engine.schedule.Plan;
import dev.tokapu.engine.schedule.PlanEntry;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a step.
 *
 * <p>With a split KV cache llama.cpp computes as many tokens of each sequence together as all of them have, as long as the ids of
 * sequences follow one another in the batch. So the first token of each entry comes first, in the order of the sequences, followed by
 * the remaining tokens of prompts and drafts: the decoding sequences are one micro-batch, and outputs are computed in the order of the
 * batch (otherwise llama.cpp sorts them, row by row). A step that is padded is one micro-batch as a whole, sequence by sequence.
 *
 * <p>On a GPU a step with answers and part of a prompt never has the shape of the one before it: every second one has an output that nobody
 * reads. ggml records a CUDA graph when a shape comes again, which makes that step half as long again; it pays where thousands of steps
 * follow, and these are recorded anew every 256 tokens of context.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
public final class StepBatch {

    private static final int FILLER = 0; // any token
    private static final int NOT_BRIDGED = -1;

    private final Batch batch;
    private final boolean split;
    private final boolean varies;
    private final @Nullable PlanEntry<EngineTask>[] entries; // by slot
    private final int[] bridged; // by slot: position of what bridges it, or NOT_BRIDGED
    private final int[] firstRow; // by slot
    private final int[] restRow; // by slot, of the second token
    private int drafted;
    private long shape;
    private boolean varied;

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array
    StepBatch(EngineConfig config) {
        int maxSequences = config.contextSequences();
        this.batch = new Batch(config.batchTokens());
        this.split = !config.unified();
        this.varies = config.variesSteps();
        this.entries = new PlanEntry[maxSequences];
        this.bridged = new int[maxSequences];
        this.firstRow = new int[maxSequences];
        this.restRow = new int[maxSequences];
    }

    Batch batch() {
        return batch;
    }

    /** How many of its tokens were drafted. */
    int drafted() {
        return drafted;
    }

    /** Fills it as a plan says. */
    void fill(Plan<EngineTask> plan) {
        batch.clear();
        drafted = 0;
        vary(plan);
        if (!split) {
            for (PlanEntry<EngineTask> entry : plan.entries()) {
                addFirst(entry);
                addRest(entry);
            }
            return;
        }
        orderBySlots(plan);
        if (plan.width() > 0) {
            fillPadded(plan.width());
        } else {
            fillFirstTokensFirst();
        }
    }

    private void vary(Plan<EngineTask> plan) {
        int prompts = plan.entries().size() - plan.decodeEntries();
        long last = shape;
        shape = ((plan.tokens() * 31L + plan.decodeEntries()) * 31
                                + plan.bridgedSlots().size())
                        * 31
                + plan.width();
        varied = varies && prompts > 0 && plan.decodeEntries() > 0 && shape == last && !varied;
    }

    private void orderBySlots(Plan<EngineTask> plan) {
        Arrays.fill(entries, null);
        Arrays.fill(bridged, NOT_BRIDGED);
        for (PlanEntry<EngineTask> entry : plan.entries()) {
            entries[entry.slot()] = entry;
        }
        for (int i = 0; i < plan.bridgedSlots().size(); i++) {
            bridged[plan.bridgedSlots().get(i)] = plan.bridgePositions().get(i);
        }
    }

    private void fillPadded(int width) {
        for (int slot = 0; slot < entries.length; slot++) {
            PlanEntry<EngineTask> entry = entries[slot];
            if (entry != null) {
                addFirst(entry);
                addRest(entry);
                addFillers(slot, entry.end(), width - entry.count());
            } else if (bridged[slot] != NOT_BRIDGED) {
                addFillers(slot, bridged[slot], width);
            }
        }
    }

    private void fillFirstTokensFirst() {
        for (int slot = 0; slot < entries.length; slot++) {
            PlanEntry<EngineTask> entry = entries[slot];
            if (entry != null) {
                addFirst(entry);
            } else if (bridged[slot] != NOT_BRIDGED) {
                addFillers(slot, bridged[slot], 1);
            }
        }
        for (PlanEntry<EngineTask> entry : entries) {
            if (entry != null) {
                addRest(entry);
            }
        }
    }

    private void addFillers(int slot, int position, int tokens) {
        for (int i = 0; i < tokens; i++) {
            batch.add(FILLER, position + i, slot, false);
        }
    }

    private void addFirst(PlanEntry<EngineTask> entry) {
        firstRow[entry.slot()] = batch.size();
        add(entry, 0);
    }

    private void addRest(PlanEntry<EngineTask> entry) {
        restRow[entry.slot()] = batch.size();
        for (int i = 1; i < entry.count(); i++) {
            add(entry, i);
        }
    }

    private void add(PlanEntry<EngineTask> entry, int i) {
        EngineTask task = entry.task();
        int position = entry.from() + i;
        if (entry.isPrefill()) {
            boolean extra =
                    varied && i == 0 && !entry.isLast() && !entry.request().promptOnly();
            batch.add(task.promptToken(position), position, entry.slot(), extra || task.hasOutput(position));
        } else {
            ActiveSequence active = task.sequence(entry.sequence().branch());
            batch.add(i == 0 ? active.last() : active.draft(i - 1), position, entry.slot(), true);
            drafted += i == 0 ? 0 : 1;
        }
    }

    /** The index in the batch of a token of an entry. */
    public int row(PlanEntry<EngineTask> entry, int i) {
        return i == 0 ? firstRow[entry.slot()] : restRow[entry.slot()] + i - 1;
    }

    /** Removes filler and padding tokens from the KV cache; false if the cache kept some of them. */
    static boolean removeFillers(Plan<EngineTask> plan, Context context) {
        boolean removed = true;
        for (int i = 0; i < plan.bridgedSlots().size(); i++) {
            int kept = plan.bridgePositions().get(i);
            removed &= context.kvCache().remove(plan.bridgedSlots().get(i), kept == 0 ? -1 : kept, -1);
        }
        for (PlanEntry<EngineTask> entry : plan.entries()) {
            if (!entry.isPrefill() && entry.count() < plan.width()) {
                removed &= context.kvCache().remove(entry.slot(), entry.end(), -1);
            }
        }
        return removed;
    }
}
