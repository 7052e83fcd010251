package dev.tokapu.engine;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.engine.schedule.Plan;
import dev.tokapu.engine.schedule.ScheduledSequence;
import java.util.Arrays;

/**
 * The tokens of a step.
 *
 * <p>With a split KV cache llama.cpp computes as many tokens of each sequence together as all of them have, as long as the ids of
 * sequences follow one another in the batch. So the first token of each entry comes first, in the order of the sequences, and what
 * prompts and drafts have beyond that behind them: what generates is one micro-batch, and outputs are computed in the order of the batch
 * (others are sorted by llama.cpp, row by row). A step that is padded is one micro-batch as a whole, sequence by sequence.
 *
 * <p>On a GPU a step with answers and part of a prompt never has the shape of the one before it: every second one has an output that nobody
 * reads. ggml records a CUDA graph when a shape comes again, which makes that step half as long again; it pays where thousands of steps
 * follow, and these are recorded anew every 256 tokens of context.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class StepBatch {

    private static final int NONE = -1;
    private static final int BRIDGE = -2;
    private static final int FILLER = 0; // any token

    private final Batch batch;
    private final boolean split;
    private final boolean varies;
    private final int[] entryOf; // by slot
    private final int[] firstRow; // by entry
    private final int[] restRow; // by entry, of the second token
    private int drafted;
    private long shape;
    private boolean varied;

    StepBatch(EngineConfig config) {
        int maxSequences = config.maxSequences();
        this.batch = new Batch(config.batchTokens());
        this.split = !config.unified();
        this.varies = config.variesSteps();
        this.entryOf = new int[maxSequences];
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
    void fill(Plan plan) {
        batch.clear();
        drafted = 0;
        vary(plan);
        if (!split) {
            for (int entry = 0; entry < plan.entries(); entry++) {
                addFirst(plan, entry);
                addRest(plan, entry);
            }
            return;
        }
        orderBySlots(plan);
        if (plan.width() > 0) {
            fillPadded(plan);
        } else {
            fillFirstTokensFirst(plan);
        }
    }

    private void vary(Plan plan) {
        int prompts = plan.entries() - plan.decodeEntries();
        long last = shape;
        shape = ((plan.tokens() * 31L + plan.decodeEntries()) * 31 + plan.bridges()) * 31 + plan.width();
        varied = varies && prompts > 0 && plan.decodeEntries() > 0 && shape == last && !varied;
    }

    private void orderBySlots(Plan plan) {
        Arrays.fill(entryOf, NONE);
        for (int entry = 0; entry < plan.entries(); entry++) {
            entryOf[plan.sequence(entry).slot()] = entry;
        }
        for (int i = 0; i < plan.bridges(); i++) {
            entryOf[plan.bridgedSlot(i)] = BRIDGE;
        }
    }

    private void fillPadded(Plan plan) {
        int width = plan.width();
        for (int slot = 0; slot < entryOf.length; slot++) {
            int entry = entryOf[slot];
            if (entry >= 0) {
                addFirst(plan, entry);
                addRest(plan, entry);
                addFillers(slot, plan.from(entry) + plan.count(entry), width - plan.count(entry));
            } else if (entry == BRIDGE) {
                addFillers(slot, 0, width);
            }
        }
    }

    private void fillFirstTokensFirst(Plan plan) {
        for (int slot = 0; slot < entryOf.length; slot++) {
            if (entryOf[slot] >= 0) {
                addFirst(plan, entryOf[slot]);
            } else if (entryOf[slot] == BRIDGE) {
                addFillers(slot, 0, 1);
            }
        }
        for (int entry : entryOf) {
            if (entry >= 0) {
                addRest(plan, entry);
            }
        }
    }

    private void addFillers(int slot, int position, int tokens) {
        for (int i = 0; i < tokens; i++) {
            batch.add(FILLER, position + i, slot, false);
        }
    }

    private void addFirst(Plan plan, int entry) {
        firstRow[entry] = batch.size();
        add(plan, entry, 0);
    }

    private void addRest(Plan plan, int entry) {
        restRow[entry] = batch.size();
        for (int i = 1; i < plan.count(entry); i++) {
            add(plan, entry, i);
        }
    }

    private void add(Plan plan, int entry, int i) {
        ScheduledSequence sequence = plan.sequence(entry);
        int position = plan.from(entry) + i;
        if (plan.isPrefill(entry)) {
            EngineTask work = EngineTask.of(sequence.request());
            boolean output = work.hasOutput(position)
                    || (varied
                            && i == 0
                            && !plan.isLast(entry)
                            && !sequence.request().promptOnly());
            batch.add(work.promptToken(position), position, sequence.slot(), output);
        } else {
            ActiveSequence active = GenerateTask.of(sequence.request()).answer(sequence.branch());
            batch.add(i == 0 ? active.last() : active.draft(i - 1), position, sequence.slot(), true);
            drafted += i == 0 ? 0 : 1;
        }
    }

    /** The index in the batch of a token of an entry. */
    int row(int entry, int i) {
        return i == 0 ? firstRow[entry] : restRow[entry] + i - 1;
    }

    /** Removes filler and padding tokens from the KV cache; false if the cache kept some of them. */
    static boolean removeFillers(Plan plan, Context context) {
        boolean removed = true;
        for (int i = 0; i < plan.bridges(); i++) {
            context.kvCache().remove(plan.bridgedSlot(i), -1, -1);
        }
        for (int i = 0; i < plan.decodeEntries(); i++) {
            if (plan.count(i) < plan.width()) {
                removed &= context.kvCache().remove(plan.sequence(i).slot(), plan.from(i) + plan.count(i), -1);
            }
        }
        return removed;
    }
}
