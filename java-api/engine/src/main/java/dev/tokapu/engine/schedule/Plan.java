package dev.tokapu.engine.schedule;

import dev.tokapu.internal.util.IntList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one step does, in the order in which it is carried out: ends, changes of the KV cache, admissions, then the entries of one batch, what bridges the gaps
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
    private final List<KvOperation> operations = new StepList<>();
    private final List<KvOperation> operationPool = new ArrayList<>();
    private final List<ScheduledRequest<T>> admitted = new StepList<>();
    private final List<ScheduledRequest<T>> preempted = new StepList<>();
    private final List<PlanEntry<T>> entries = new StepList<>();
    private final List<PlanEntry<T>> pool = new ArrayList<>();
    private final IntList bridged = new IntList();
    private final IntList bridgePositions = new IntList();
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

    /** {@return what happens to the KV cache before the batch, in this order} */
    public List<KvOperation> operations() {
        return operations;
    }

    /** {@return requests that got their slots, with what was found of their prompts in them} */
    public List<ScheduledRequest<T>> admitted() {
        return admitted;
    }

    /** {@return requests whose sequences were taken from them; they wait, and are admitted again} */
    public List<ScheduledRequest<T>> preempted() {
        return preempted;
    }

    /** {@return the entries of the batch, each a run of tokens of one sequence; decoding sequences come first} */
    public List<PlanEntry<T>> entries() {
        return entries;
    }

    /** {@return whether there is nothing to do} */
    public boolean isEmpty() {
        return entries.isEmpty() && ends.isEmpty() && operations.isEmpty() && admitted.isEmpty() && preempted.isEmpty();
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

    /** {@return slots that get a token that is thrown away after the step, to bridge a gap; not among {@link #tokens()}} */
    public IntList bridgedSlots() {
        return bridged;
    }

    /** {@return the positions of these tokens: how much is kept in each slot} */
    public IntList bridgePositions() {
        return bridgePositions;
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
        operations.clear();
        admitted.clear();
        preempted.clear();
        entries.clear();
        bridged.truncate(0);
        bridgePositions.truncate(0);
        tokens = 0;
        decodeEntries = 0;
        gapTokens = 0;
        width = 0;
    }

    void end(ScheduledRequest<?> request, @Nullable ScheduledSequence<?> sequence, EndReason reason) {
        ends.add(new PlannedEnd<>(own(request), sequence == null ? null : own(sequence), reason));
    }

    void clear(int slot) {
        add(KvOperation.Kind.CLEAR, slot, slot, 0);
    }

    void trim(int slot, int length) {
        add(KvOperation.Kind.TRIM, slot, slot, length);
    }

    void copy(int source, int slot, int length) {
        add(KvOperation.Kind.COPY, slot, source, length);
    }

    void save(int slot, SavedPrefix saved) {
        add(KvOperation.Kind.SAVE, slot, slot, saved.length(), saved);
    }

    void restore(int slot, int length, SavedPrefix saved) {
        add(KvOperation.Kind.RESTORE, slot, slot, length, saved);
    }

    /** Whether something begins to be put into a slot. */
    boolean restores(int slot) {
        for (int i = 0; i < operations.size(); i++) {
            KvOperation operation = operations.get(i);
            if (operation.kind() == KvOperation.Kind.RESTORE && operation.slot() == slot) {
                return true;
            }
        }
        return false;
    }

    private void add(KvOperation.Kind kind, int slot, int source, int length) {
        add(kind, slot, source, length, null);
    }

    private void add(KvOperation.Kind kind, int slot, int source, int length, @Nullable SavedPrefix saved) {
        if (operations.size() == operationPool.size()) {
            operationPool.add(new KvOperation());
        }
        operations.add(operationPool.get(operations.size()).set(kind, slot, source, length, saved));
    }

    void preempt(ScheduledRequest<?> request) {
        preempted.add(own(request));
    }

    void admit(ScheduledRequest<?> request) {
        request.begins++;
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

    void bridge(int slot, int position) {
        bridged.add(slot);
        bridgePositions.add(position);
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
