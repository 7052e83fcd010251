package dev.tokapu.engine.draft;

import java.util.ArrayList;
import java.util.List;

/**
 * The first batch of a drafting: the tokens that the draft model lacks of each chosen answer, in the order of their sequences, and parts of longer
 * texts.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class DraftIntake {

    private static final int READING = 8; // an answer that lacks more tokens than this has its text read first

    private final int vocab;
    private final DraftBatch batch;
    private final DraftWorth worth;
    private final List<ModelDrafts> readers = new ArrayList<>();
    private final List<ModelDrafts> ready = new ArrayList<>();
    private int readTokens; // of texts
    private int triedTokens; // read to try what drafts bring
    private int drafts; // tokens that will be drafted

    /**
     * Creates it.
     *
     * @param vocab tokens of the draft model
     */
    DraftIntake(int vocab, DraftBatch batch, DraftWorth worth) {
        this.vocab = vocab;
        this.batch = batch;
        this.worth = worth;
    }

    /** Tokens of texts in the batch. */
    int readTokens() {
        return readTokens;
    }

    /** How many of them were read to try what drafts bring. */
    int triedTokens() {
        return triedTokens;
    }

    /** Tokens that are to be drafted for the answers of the batch. */
    int drafts() {
        return drafts;
    }

    /**
     * Begins the batch with parts of texts, all but the last token at most, and leaves room for texts already read. Answers whose text has to be read
     * leave the lists, and come back when that is done.
     */
    void read(List<AnswerDrafts> candidates, List<AnswerDrafts> chosen, int sequences) {
        batch.clear();
        readTokens = 0;
        triedTokens = 0;
        drafts = 0;
        readers.clear();
        takeReaders(candidates);
        takeReaders(chosen);
        int room = Math.max(
                ReadingTime.LEAST, batch.capacity() - READING * (candidates.size() + chosen.size() + readers.size()));
        int readable = worth.readable(sequences, ReadingTime.LEAST, room);
        for (int i = 0; i < readers.size(); i++) {
            ModelDrafts answer = readers.get(i);
            int tokens = read(answer, (answer.adaptive() ? readable : room) - readTokens, sequences);
            readTokens += tokens;
            if (tokens > 0 && lacking(answer) <= READING) {
                (answer.adaptive() ? candidates : chosen).add(answer);
            }
        }
    }

    private int lacking(ModelDrafts answer) {
        return answer.known().size() - batch.slots().held(answer);
    }

    private void takeReaders(List<AnswerDrafts> answers) {
        int left = 0;
        for (int i = 0; i < answers.size(); i++) {
            AnswerDrafts answer = answers.get(i);
            if (answer instanceof ModelDrafts drafting) {
                if (lacking(drafting) > READING) {
                    readers.add(drafting);
                    continue;
                }
                drafting.tried(false); // what was begun is read
            }
            answers.set(left++, answer);
        }
        DraftPlanner.truncate(answers, left);
    }

    private int read(ModelDrafts answer, int most, int sequences) {
        int lacking = lacking(answer);
        boolean tries = answer.adaptive() && !worth.paysToRead(answer, lacking, sequences);
        if (most <= 0
                || (tries && !worth.triesToRead(answer, lacking, sequences))
                || !batch.slots().take(answer)) {
            return 0;
        }
        batch.slots().cut(answer);
        int missing = answer.known().size() - answer.held();
        int tokens = Math.min(Math.min(missing - 1, most), batch.capacity() - batch.size());
        if (tokens <= 0 || !add(answer, tokens, 0)) {
            return 0;
        }
        if (tries) {
            triedTokens += tokens;
            worth.begunToRead(answer, lacking);
        }
        return tokens;
    }

    /**
     * Adds the last tokens of the chosen answers that ask the draft model.
     *
     * @param drafting gets the answers that are drafted for
     */
    void fill(List<AnswerDrafts> chosen, List<ModelDrafts> drafting) {
        takeSequences(chosen);
        for (int i = 0; i < ready.size(); i++) {
            draft(ready.get(i), drafting);
        }
    }

    /** Gives the chosen answers their sequences and sorts them by sequence: llama.cpp computes consecutive sequences together. */
    private void takeSequences(List<AnswerDrafts> chosen) {
        ready.clear();
        for (int i = 0; i < chosen.size(); i++) {
            if (!(chosen.get(i) instanceof ModelDrafts answer) || !batch.slots().take(answer)) {
                continue;
            }
            int place = ready.size();
            ready.add(answer);
            while (place > 0 && ready.get(place - 1).slot() > answer.slot()) {
                ready.set(place, ready.get(place - 1));
                place--;
            }
            ready.set(place, answer);
        }
    }

    private void draft(ModelDrafts answer, List<ModelDrafts> drafting) {
        batch.slots().cut(answer);
        int missing = answer.known().size() - answer.held();
        int room = answer.room();
        if (add(answer, missing, room)) {
            answer.begin(room);
            drafting.add(answer);
            drafts += room;
        }
    }

    /** Puts tokens into the batch, the last one with an output if something is drafted behind it. */
    private boolean add(ModelDrafts answer, int tokens, int length) {
        if (tokens > batch.capacity() - batch.size()
                || !answer.isWithin(vocab, tokens)
                || !batch.slots().makeRoom(tokens + length + drafts)) {
            return false;
        }
        int end = answer.held() + tokens;
        for (int i = answer.held(); i < end; i++) {
            batch.add(answer, answer.known().get(i), length > 0 && i == end - 1);
        }
        return true;
    }
}
