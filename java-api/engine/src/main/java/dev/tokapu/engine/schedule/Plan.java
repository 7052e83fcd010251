package dev.tokapu.engine.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one step does, in the order in which it is carried out: ends, releases, admissions, then the entries of one batch, what bridges the gaps
 * between their slots and what pads them.
 *
 * <p>Reused from step to step; {@link Scheduler#plan} clears it first.
 *
 * <p>Thread safety: confined to the thread of its {@link Scheduler}.
 */
public final class Plan {

    private static final int FIRST_CAPACITY = 16;

    private final List<ScheduledRequest> endedRequests = new ArrayList<>();
    private final List<@Nullable ScheduledSequence> endedSequences = new ArrayList<>();
    private final List<EndReason> endReasons = new ArrayList<>();
    private final List<ScheduledRequest> admitted = new ArrayList<>();
    private final List<ScheduledSequence> sequences = new ArrayList<>();
    private int[] released = new int[FIRST_CAPACITY];
    private int[] from = new int[FIRST_CAPACITY];
    private int[] count = new int[FIRST_CAPACITY];
    private int[] bridged = new int[FIRST_CAPACITY];
    private int bridges;
    private int gapTokens;
    private int width;
    private int releases;
    private int group;
    private int tokens;
    private int decodeEntries;

    /** An empty plan, to be filled by {@link Scheduler#plan}. */
    public Plan() {}

    /**
     * Returns how many requests and sequences end before their time.
     *
     * @return the number of ends
     */
    public int ends() {
        return endedRequests.size();
    }

    /**
     * Returns the request of an end.
     *
     * @param i from 0 to {@code ends() - 1}
     * @return the request
     */
    public ScheduledRequest endedRequest(int i) {
        return endedRequests.get(i);
    }

    /**
     * Returns the sequence of an end. Its slot is among the releases already.
     *
     * @param i from 0 to {@code ends() - 1}
     * @return the sequence; null when all that was left of the request ends
     */
    public @Nullable ScheduledSequence endedSequence(int i) {
        return endedSequences.get(i);
    }

    /**
     * Returns why something ends.
     *
     * @param i from 0 to {@code ends() - 1}
     * @return cancelled or over its deadline
     */
    public EndReason endReason(int i) {
        return endReasons.get(i);
    }

    /**
     * Returns how many sequences are to be cleared.
     *
     * @return the number of releases
     */
    public int releases() {
        return releases;
    }

    /**
     * Returns a sequence to be cleared.
     *
     * @param i from 0 to {@code releases() - 1}
     * @return its id
     */
    public int releasedSlot(int i) {
        return released[checked(i, releases)];
    }

    /**
     * Returns how many requests got their slots.
     *
     * @return the number of admissions
     */
    public int admissions() {
        return admitted.size();
    }

    /**
     * Returns a request that got its slots.
     *
     * @param i from 0 to {@code admissions() - 1}
     * @return the request
     */
    public ScheduledRequest admitted(int i) {
        return admitted.get(i);
    }

    /**
     * Returns the adapter set of all entries.
     *
     * @return the group's id; without meaning when there is no entry
     */
    public int group() {
        return group;
    }

    /**
     * Returns how many runs of tokens the batch has, each of one sequence; decoding sequences come first.
     *
     * @return the number of entries
     */
    public int entries() {
        return sequences.size();
    }

    /**
     * Returns the sequence of an entry. A prompt is decoded into one sequence, the request's first that has not ended.
     *
     * @param i from 0 to {@code entries() - 1}
     * @return the sequence
     */
    public ScheduledSequence sequence(int i) {
        return sequences.get(i);
    }

    /**
     * Returns the position of an entry's first token.
     *
     * @param i from 0 to {@code entries() - 1}
     * @return the position in its sequence; in a prompt also the index of the token
     */
    public int from(int i) {
        return from[checked(i, entries())];
    }

    /**
     * Returns how many tokens an entry has.
     *
     * @param i from 0 to {@code entries() - 1}
     * @return part of a prompt, or the next token and its drafts
     */
    public int count(int i) {
        return count[checked(i, entries())];
    }

    /**
     * Returns whether an entry is part of a prompt.
     *
     * @param i from 0 to {@code entries() - 1}
     * @return false for entries that decode
     */
    public boolean isPrefill(int i) {
        return checked(i, entries()) >= decodeEntries;
    }

    /**
     * Returns whether an entry reaches the end of its prompt.
     *
     * @param i from 0 to {@code entries() - 1}
     * @return false for other parts of a prompt and for entries that decode
     */
    public boolean isLast(int i) {
        return isPrefill(i) && from[i] + count[i] == sequence(i).request().promptTokens();
    }

    /**
     * Returns how large the batch is.
     *
     * @return the tokens of all entries
     */
    public int tokens() {
        return tokens;
    }

    /**
     * Returns how many entries decode; they come before the prompts.
     *
     * @return the number of entries
     */
    public int decodeEntries() {
        return decodeEntries;
    }

    /**
     * Returns how many prompt tokens only bridge a gap between slots; they are the last entries, one token each.
     *
     * @return tokens, which are among {@link #tokens()}
     */
    public int gapTokens() {
        return gapTokens;
    }

    /**
     * Returns how many empty sequences get a token that is thrown away after the step, to bridge a gap between slots.
     *
     * @return tokens, which are not among {@link #tokens()}
     */
    public int bridges() {
        return bridges;
    }

    /**
     * Returns an empty sequence that gets a token.
     *
     * @param i from 0 to {@code bridges() - 1}
     * @return its id
     */
    public int bridgedSlot(int i) {
        return bridged[checked(i, bridges)];
    }

    /**
     * Returns how many tokens answers and bridges are padded to; what they have beyond their {@linkplain #count count}, and bridges beyond
     * one token, is not among {@link #tokens()} and is taken back after the step.
     *
     * @return tokens of each sequence of the step, 0 when nothing is padded
     */
    public int width() {
        return width;
    }

    private static int checked(int i, int size) {
        if (i < 0 || i >= size) {
            throw new IndexOutOfBoundsException("Index " + i + " in a plan of " + size);
        }
        return i;
    }

    void clear() {
        endedRequests.clear();
        endedSequences.clear();
        endReasons.clear();
        admitted.clear();
        sequences.clear();
        releases = 0;
        tokens = 0;
        decodeEntries = 0;
        bridges = 0;
        gapTokens = 0;
        width = 0;
    }

    void end(ScheduledRequest request, @Nullable ScheduledSequence sequence, EndReason reason) {
        endedRequests.add(request);
        endedSequences.add(sequence);
        endReasons.add(reason);
    }

    void release(int slot) {
        if (releases == released.length) {
            released = Arrays.copyOf(released, 2 * releases);
        }
        released[releases++] = slot;
    }

    void admit(ScheduledRequest request) {
        admitted.add(request);
    }

    void group(int id) {
        group = id;
    }

    void decode(ScheduledSequence sequence, int tokens) {
        add(sequence, sequence.length, tokens);
        decodeEntries++;
    }

    void prefill(ScheduledRequest request, int tokens) {
        add(request.promptSequence(), request.prefilled, tokens);
    }

    void prefillGap(ScheduledRequest request) {
        prefill(request, 1);
        gapTokens++;
    }

    void pad(int tokens) {
        width = tokens;
    }

    void bridge(int slot) {
        if (bridges == bridged.length) {
            bridged = Arrays.copyOf(bridged, 2 * bridges);
        }
        bridged[bridges++] = slot;
    }

    private void add(ScheduledSequence sequence, int position, int tokens) {
        int entry = sequences.size();
        if (entry == from.length) {
            from = Arrays.copyOf(from, 2 * entry);
            count = Arrays.copyOf(count, 2 * entry);
        }
        sequences.add(sequence);
        from[entry] = position;
        count[entry] = tokens;
        this.tokens += tokens;
    }
}
