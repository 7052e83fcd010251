package dev.tokapu.engine.draft;

import java.util.Arrays;
import java.util.List;

/**
 * Chooses which answers are drafted for, from their texts or with a draft model, and how many tokens for each of them, so that the step and the
 * drafting before it bring the most tokens in their time.
 *
 * <p>How many tokens a draft brings follows from how often those of the answer were right; a new answer is taken to be like those before it. Times are
 * measured where they are used: of steps without drafts by their answers, of steps with drafts by their tokens, of drafting by its answers. What was
 * not measured, or long ago, is measured by doing it: a step without drafts; more answers or longer drafts, where smaller ones leave hope that
 * they pay; one token of an answer that may be better than is known. What such a step loses beside the best known one is a debt, paid off with {@value #PAID}
 * of the time of all steps; as long as there is any, nothing is tried.
 *
 * <p>An answer whose beginning the draft model would have to read first is drafted if what is left of it is expected to save more than that takes.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class DraftWorth {

    private static final double PAID = 0.008;
    private static final double PAID_FOR_READING = 0.003;
    private static final double FIRST_CREDIT = 6; // steps without drafts, for reading
    private static final double MOST_CREDIT = 16; // of them, each for reading and for drafting
    private static final double MOST_LOSS = 4; // of them, that a step loses which was tried: more is a hiccup
    static final double MARGIN = 1.03; // times what is known: less is no reason to do otherwise
    private static final double NEAR = 1.25; // numbers of answers whose steps take about as long
    static final int DOUBLE = 2; // what is tried is at most so much larger than what was
    private static final double FADING =
            0.99; // of what is known of an answer, with each step that drafts nothing for it
    private static final double ANSWERS = 0.1; // weight of a new answer's length
    private static final int RATES = 32;
    private static final double STEPS = 0.01; // weight of a step, for the part of those in which drafts are allowed

    private final TimeTable plain = new TimeTable(128); // steps by answers
    private final TimeTable drafted = new TimeTable(1024); // steps by tokens
    private final TimeTable rounds = new TimeTable(1024); // a drafted token of each answer, by answers
    private final AcceptanceRate byModel = new AcceptanceRate(0.99, null);
    private final RepeatRates repeats = new RepeatRates(0.99, null);
    private final DraftSearch search = new DraftSearch(plain, drafted, rounds);
    private final double slowdown;
    private final ReadingTime reading = new ReadingTime();
    private double answerTokens = 128;
    private double credit;
    private double readingCredit;
    private double reserved; // of it, for texts that are read beside this step
    private double draftable = 1; // part of the steps
    private boolean begun;

    private int answers;
    private int length;
    private boolean tries;
    private boolean refused; // the text of an answer was not read
    private final double[] savings = new double[2 * (RATES + 1)]; // what is known, then what is hoped for
    private final int[] savingsLongest = new int[savings.length]; // tokens of a draft, that each is of; 0 for none
    private double speed; // tokens a nanosecond, of the best step that is known
    private int accepted; // in the step

    /**
     * Creates one that knows nothing.
     *
     * @param slowdown times a step without drafts, that a step and its drafting may take where an answer without drafts waits for them
     */
    DraftWorth(double slowdown) {
        this.slowdown = slowdown;
    }

    /** How often drafts of the model are right. */
    AcceptanceRate byModel() {
        return byModel;
    }

    /** How often texts repeat themselves. */
    RepeatRates repeats() {
        return repeats;
    }

    /**
     * Chooses among answers, and puts those first that are drafted for.
     *
     * @param candidates answers that have drafts; those of the draft model were read by it
     * @param sequences answers of the step
     */
    void choose(List<AnswerDrafts> candidates, int sequences) {
        answers = 0;
        length = 0;
        tries = false;
        accepted = 0;
        if (refused) {
            byModel.fade(FADING);
            refused = false;
        }
        if (candidates.isEmpty() || !plain.isNear(sequences, NEAR)) {
            return;
        }
        search.run(candidates, sequences, slowdown * plain.nanos(sequences), credit >= 0);
        speed = search.speed();
        answers = search.answers();
        length = search.length();
        if (credit >= 0) {
            tries = tries(candidates, sequences);
        }
        if (answers == 0) {
            byModel.fade(FADING);
        }
        for (int i = answers; i < candidates.size(); i++) {
            candidates.get(i).passed(FADING);
        }
    }

    private boolean tries(List<AnswerDrafts> candidates, int sequences) {
        if (answers > 0 && !plain.isKnown(sequences)) {
            answers = 0;
            return true;
        }
        if (search.hopedSpeed() > MARGIN * speed) {
            answers = search.hopedAnswers();
            length = search.hopedLength();
            return true;
        }
        return answers < candidates.size() && search.possibleSpeed() > MARGIN * speed && triesOne(candidates);
    }

    /** A token of the answer that is hoped for most; what texts that repeat themselves bring is known without. */
    private boolean triesOne(List<AnswerDrafts> candidates) {
        int best = -1;
        for (int i = answers; i < candidates.size(); i++) {
            AnswerDrafts answer = candidates.get(i);
            if (answer.byModel()
                    && (best < 0 || answer.hoped(1) > candidates.get(best).hoped(1))) {
                best = i;
            }
        }
        if (best < 0) {
            return false;
        }
        AnswerDrafts tried = candidates.get(best);
        candidates.set(best, candidates.get(answers));
        candidates.set(answers, tried);
        answers++;
        length = Math.max(1, length);
        return true;
    }

    /** How many answers are drafted for. */
    int answers() {
        return answers;
    }

    /** Tokens of each of them. */
    int length() {
        return length;
    }

    /** Whether this is done to know what it brings. */
    boolean tries() {
        return tries;
    }

    /** Whether the draft model reads what it lacks of an answer because that is expected to pay. */
    boolean paysToRead(ModelDrafts answer, int missing, int sequences) {
        return reading.isKnown()
                && missing * reading.tokenNanos()
                        <= saving(answer, answer.right(1), sequences, false) * tokensLeft(answer);
    }

    /** Whether heads read tokens that a step computed, as they know what to draft from then on, or as nothing is known yet. */
    boolean paysToFeed(ModelDrafts answer, int tokens, int sequences) {
        return (!begun && reading.isFirst(tokens)) || (readingCredit >= 0 && paysToRead(answer, tokens, sequences));
    }

    /** Whether heads read part of a prompt, of which so many tokens are missing: nothing can be drafted before all are read, so no debt speaks against it. */
    boolean paysToFeedPrompt(ModelDrafts answer, int tokens, int missing, int sequences) {
        return (!begun && reading.isFirst(tokens)) || paysToRead(answer, missing, sequences);
    }

    /** Heads read, behind a step of some answers without prompts, for so long what nothing was drafted behind, or to try what drafts bring. */
    void readInVain(int sequences, double nanos) {
        readingCredit -= Math.min(nanos, MOST_LOSS * plain.nanos(sequences));
    }

    /** Whether it reads that to try what drafts bring: when that may pay and nothing is owed. What was begun is read to its end. */
    boolean triesToRead(ModelDrafts answer, int missing, int sequences) {
        double cost = missing * reading.hopedNanos();
        boolean affordable = answer.tried() || (credit >= 0 && readingCredit >= reserved + cost);
        if (affordable && cost <= saving(answer, answer.hoped(1), sequences, true) * tokensLeft(answer)) {
            return true;
        }
        refused = true;
        reading.refused();
        return false;
    }

    /** Reading so many tokens is tried: what it is to take, no other answer of this step may have. */
    void begunToRead(ModelDrafts answer, int missing) {
        answer.tried(true);
        reserved += missing * reading.hopedNanos();
    }

    /** As if drafts were right as often as the next lower rate of some, each of which is looked at once before a step. */
    private double saving(ModelDrafts answer, double right, int sequences, boolean mayTry) {
        int rate = (int) (right * RATES);
        int place = mayTry ? RATES + 1 + rate : rate;
        int longest = answer.maxDraft();
        if (savingsLongest[place] != longest) {
            double bound = slowdown * plain.nanos(sequences);
            savings[place] = search.saving((double) rate / RATES, longest, sequences, bound, mayTry);
            savingsLongest[place] = longest;
        }
        return savings[place];
    }

    private double tokensLeft(ModelDrafts answer) {
        return draftable * Math.min(answer.left(), Math.max(answerTokens - answer.generated(), answer.generated()));
    }

    /** A step of some answers begins, in which drafts are allowed or not. */
    void begins(int sequences, boolean draftsAllowed) {
        if (sequences > 0) {
            draftable += STEPS * ((draftsAllowed ? 1 : 0) - draftable);
        }
        reserved = 0;
        Arrays.fill(savingsLongest, 0);
    }

    /** How many tokens the draft model may read beside the next step: that takes no longer than the step, nor than the slowdown allows. */
    int readable(int sequences, int least, int most) {
        if (!reading.isKnown()) {
            return least;
        }
        double nanos = Math.min(1, slowdown - 1) * plain.nanos(sequences);
        return (int) Math.max(least, Math.min(most, nanos / reading.tokenNanos()));
    }

    /** So many tokens were read before anything could be drafted. */
    void read(int tokens, double nanos) {
        reading.measured(tokens, nanos);
    }

    /** A token of each of some answers was drafted. */
    void round(int ofAnswers, double nanos) {
        rounds.measured(ofAnswers, nanos);
    }

    /** Drafts were tried, which took so long. */
    void owes(double nanos) {
        credit -= nanos;
    }

    /** So many tokens were read to try what drafts bring, in so long. */
    void owesReading(int tokens, double nanos) {
        readingCredit -= Math.min(nanos, MOST_LOSS * tokens * reading.tokenNanos());
    }

    /**
     * A step without prompts was computed, after the verified drafts were told.
     *
     * @param sequences answers
     * @param drafts tokens that were to be drafted
     */
    void stepComputed(int sequences, int drafts, double nanos) {
        plain.stepComputed();
        drafted.stepComputed();
        rounds.stepComputed();
        if (drafts == 0) {
            plain.measured(sequences, nanos);
            if (!begun) {
                begun = true;
                readingCredit += FIRST_CREDIT * nanos;
            }
        } else {
            drafted.measured(sequences + drafts, nanos);
        }
        if (tries) {
            owes(Math.min(nanos - (sequences + accepted) / speed, MOST_LOSS * plain.nanos(sequences)));
        }
        double most = MOST_CREDIT * plain.nanos(sequences);
        credit = Math.max(-most, Math.min(most, credit + PAID * nanos));
        readingCredit =
                Math.max(-most, Math.min(Math.max(readingCredit, most), readingCredit + PAID_FOR_READING * nanos));
    }

    /** So many drafted tokens of the step were right. */
    void accepted(int tokens) {
        accepted += tokens;
    }

    /** An answer has ended, or has to wait for a sequence. */
    void leaves(ModelDrafts answer) {
        if (answer.generated() > 0) {
            answerTokens += ANSWERS * (answer.generated() - answerTokens);
        }
    }
}
