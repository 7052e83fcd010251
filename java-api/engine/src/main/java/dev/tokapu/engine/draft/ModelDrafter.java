package dev.tokapu.engine.draft;

import dev.tokapu.device.MemoryReport;
import java.util.List;

/**
 * A model that drafts: one of its own, or the MTP heads of the model that verifies.
 *
 * <p>Thread safety: confined to the engine's thread, but for {@link #abort} and {@link #memory}.
 */
interface ModelDrafter extends AutoCloseable {

    /** What it and its context take. */
    MemoryReport memory();

    /** Computes something of no answer, so that no answer waits for what the first batches prepare, and measures that. */
    void prepare();

    /** An answer has ended, or its sequence was taken from it. */
    void leave(ModelDrafts answer);

    /** How many tokens may be drafted behind the text of an answer. */
    int room(ModelDrafts answer);

    /**
     * Begins a drafting. Answers that cannot be drafted for yet leave the lists.
     *
     * @param candidates answers among which is chosen
     * @param chosen answers that are drafted for in any case
     * @param sequences answers of the next step
     */
    void begin(List<AnswerDrafts> candidates, List<AnswerDrafts> chosen, int sequences);

    /** Drafts for those of the chosen answers that it is asked by, and offers that; returns how many tokens. */
    int draft(List<AnswerDrafts> chosen);

    /** How many tokens were to be drafted. */
    int wanted();

    /** Whether anything was computed for the next step. */
    boolean hasDecoded();

    /** Any thread: ends what is computed. */
    void abort();

    @Override
    void close();
}
