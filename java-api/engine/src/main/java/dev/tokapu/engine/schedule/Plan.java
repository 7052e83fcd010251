package dev.tokapu.engine.schedule;

import dev.tokapu.internal.util.IntList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one step does, in the order in which it is carried out: ends, releases, admissions, then the entries of one batch, what bridges the gaps
 * between their slots and what pads them.
 *
 * <p>Reused from step to step, as its entries are; {@link Scheduler#plan} clears it first. Its lists are to be read only.
 *
 * <p>Thread safety: confined to the thread of its {@link Scheduler}.
 *
 * @param <T> what requests are scheduled for
 */
public final class Plan<T> {

    private final List<PlannedEnd<T>> ends = new StepList<>();
    private final IntList released = new IntList();
    private final List<ScheduledRequest<T>> admitted = new StepList<>();
    private final List<PlanEntry<T>> entries = new StepList<>();
    private final List<PlanEntry<T>> pool = new ArrayList<>();
    private final IntList bridged = new IntList();
    private int group;
    private int tokens;
    private int decodeEntries;
    private int gapTokens;
    private int width;

    /** An empty plan, to be filled by {@link Scheduler#plan}. */
    public Plan() {}

    /** {@return requests and sequences that end before their time} */
    public List<PlannedEnd<T>> ends() {
        return ends;
    }

    /** {@return slots to be cleared} */
    public IntList releasedSlots() {
        return released;
    }

    /** {@return requests that got their slots} */
    public List<ScheduledRequest<T>> admitted() {
        return admitted;
    }

    /** {@return the entries of the batch, each a run of tokens of one sequence; decoding sequences come first} */
    public List<PlanEntry<T>> entries() {
        return entries;
    }

    /** {@return whether there is nothing to do} */
    public boolean isEmpty() {
        return entries.isEmpty() && ends.isEmpty() && released.size() == 0 && admitted.isEmpty();
    }

    /** {@return the adapter set of all entries; without meaning when there is none} */
    public int group() {
        return group;
    }

    /** {@return the tokens of all entries} */
    public int tokens() {
        return tokens;
    }

    /** {@return how many entries decode; they come before the prompts} */
    public int decodeEntries() {
        return decodeEntries;
    }

    /** {@return how many prompt tokens only bridge a gap between slots; they are the last entries, one token each} */
    public int gapTokens() {
        return gapTokens;
    }

    /** {@return empty slots that get a token that is thrown away after the step, to bridge a gap; not among {@link #tokens()}} */
    public IntList bridgedSlots() {
        return bridged;
    }

    /**
     * Returns how many tokens answers and bridges are padded to; what they have beyond their {@linkplain PlanEntry#count count}, and bridges
     * beyond one token, is not among {@link #tokens()} and is taken back after the step.
     *
     * @return tokens of each sequence of the step, 0 when nothing is padded
     */
    public int width() {
        return width;
    }

    void clear() {
        ends.clear();
        released.truncate(0);
        admitted.clear();
        entries.clear();
        bridged.truncate(0);
        tokens = 0;
        decodeEntries = 0;
        gapTokens = 0;
        width = 0;
    }

    void end(ScheduledRequest<?> request, @Nullable ScheduledSequence<?> sequence, EndReason reason) {
        ends.add(new PlannedEnd<>(own(request), sequence == null ? null : own(sequence), reason));
    }

    void release(int slot) {
        released.add(slot);
    }

    void admit(ScheduledRequest<?> request) {
        admitted.add(own(request));
    }

    void group(int id) {
        group = id;
    }

    void decode(ScheduledSequence<?> sequence, int count) {
        add(sequence, sequence.length, count, false);
        decodeEntries++;
    }

    void prefill(ScheduledRequest<?> request, int count) {
        add(request.promptSequence(), request.prefilled, count, true);
    }

    void prefillGap(ScheduledRequest<?> request) {
        prefill(request, 1);
        gapTokens++;
    }

    void pad(int count) {
        width = count;
    }

    void bridge(int slot) {
        bridged.add(slot);
    }

    private void add(ScheduledSequence<?> sequence, int position, int count, boolean prefill) {
        if (entries.size() == pool.size()) {
            pool.add(new PlanEntry<>());
        }
        PlanEntry<T> entry = pool.get(entries.size());
        entry.set(own(sequence), position, count, prefill);
        entries.add(entry);
        tokens += count;
    }

    @SuppressWarnings("unchecked") // a scheduler plans what it was offered, and that is of its type
    private ScheduledRequest<T> own(ScheduledRequest<?> request) {
        return (ScheduledRequest<T>) request;
    }

    @SuppressWarnings("unchecked") // as above
    private ScheduledSequence<T> own(ScheduledSequence<?> sequence) {
        return (ScheduledSequence<T>) sequence;
    }
}
