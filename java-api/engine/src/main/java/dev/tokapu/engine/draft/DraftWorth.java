package dev.tokapu.engine.draft;

import org.jspecify.annotations.Nullable;

/**
 * Says how many tokens a draft model drafts for an answer, so that drafting takes less time than it saves.
 *
 * <p>A drafted token costs the time in which the draft model computes it and the model verifies it. It saves an answer's share of a step if
 * it is right, and those before it are. So a draft ends where the probability of that falls below cost / share. Times are measured,
 * and how often tokens of this answer were right; a new answer is taken to be like those before it. An answer whose beginning the draft
 * model would have to read first is drafted if what is left of it is expected to save more than that takes.
 *
 * <p>What does not pay, or is not known yet, is tried: with one answer at a time, which drafts until {@value #TRIAL} tokens say something.
 * What that takes is a debt, paid off with a hundredth of the time of all steps; as long as there is any, nothing is tried.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class DraftWorth {

    /** Tokens by which an answer is judged. */
    static final int TRIAL = 8;

    /** How often an answer is tried. */
    static final int TRIALS = 3;

    private static final int TRIED_LENGTH = 2; // tokens of a draft, at least
    private static final int FEW = 8; // tokens to read, which are not worth a thought
    private static final double PAID = 0.01; // of the time of steps
    private static final double LEAST_RATIO = 0.1; // of cost and share: no measurement is as good as that
    private static final double FIRST_RATIO = 0.25; // until there is one
    private static final double PRIOR = 2; // tokens, that answers before count as
    private static final double RISING = 0.2; // weight of a slower measurement
    private static final double FALLING = 0.5; // of a faster one
    private static final double ANSWERS = 0.1; // weight of a new answer's length
    private static final int BURST = 4; // times a usual step: one that took longer says nothing

    private final StepCost steps = new StepCost();
    private final AcceptanceRate all = new AcceptanceRate(0.98);
    private double draftedNanos; // of a token
    private double readNanos; // of a token
    private double answerTokens = 128;
    private double credit;
    private @Nullable ModelDrafts tried;

    /**
     * How many tokens to draft.
     *
     * @param missing tokens of the answer and its prompt that the draft model has to read first
     * @param sequences answers of a step
     */
    int length(ModelDrafts answer, int missing, int sequences) {
        if (answer.rate().tried() == 0 && all.tried() >= TRIAL) {
            answer.rate().begin(all.rate(), PRIOR);
        }
        double ratio = ratio(sequences);
        int length = length(answer.rate().rate(), ratio, answer.maxDraft());
        if (answer == tried) {
            return Math.max(length, Math.min(TRIED_LENGTH, answer.maxDraft()));
        }
        if (length > 0) {
            return pays(answer, missing, length, sequences) ? length : 0;
        }
        if (tried == null && credit >= 0 && answer.trials() < TRIALS) {
            tried = answer;
            answer.tried();
            return Math.min(TRIED_LENGTH, answer.maxDraft());
        }
        return 0;
    }

    private static int length(double rate, double ratio, int most) {
        if (rate <= ratio) {
            return 0;
        }
        return rate >= 1 ? most : (int) Math.min(most, Math.log(ratio) / Math.log(rate));
    }

    /** What a drafted token costs, as a part of what one saves that is right. */
    private double ratio(int sequences) {
        if (draftedNanos == 0 || !steps.isKnown()) {
            return FIRST_RATIO;
        }
        return Math.max(LEAST_RATIO, (draftedNanos + steps.token()) / share(sequences));
    }

    private double share(int sequences) {
        return Math.max(1, steps.step(sequences) / sequences);
    }

    private boolean pays(ModelDrafts answer, int missing, int length, int sequences) {
        if (missing <= FEW || readNanos == 0 || !steps.isKnown()) {
            return true;
        }
        double rate = answer.rate().rate();
        double right = 0;
        double next = 1;
        for (int i = 0; i < length; i++) {
            next *= rate;
            right += next;
        }
        double saved = right * share(sequences) - length * (draftedNanos + steps.token());
        double left = Math.max(answerTokens - answer.generated(), answer.generated());
        return missing * readNanos <= saved / (1 + right) * Math.min(left, answer.left());
    }

    /** How many tokens the draft model may read beside the next step: it takes no longer than that. */
    int readable(int sequences, int least, int most) {
        if (readNanos == 0 || !steps.isKnown()) {
            return least;
        }
        return (int) Math.max(least, Math.min(most, steps.step(sequences) / readNanos));
    }

    /** A step without prompts was computed. */
    void stepComputed(int tokens, double nanos) {
        double usual = steps.isKnown() ? BURST * steps.step(tokens) : nanos;
        double counted = Math.min(nanos, Math.max(1, usual));
        steps.computed(tokens, counted);
        credit = Math.min(counted, credit + PAID * counted);
    }

    /** So many tokens were computed as drafts, be they offered or not. */
    void drafted(int tokens, double nanos) {
        draftedNanos = average(draftedNanos, nanos / tokens);
    }

    /** So many tokens were read before anything could be drafted. */
    void read(int tokens, double nanos) {
        readNanos = average(readNanos, nanos / tokens);
    }

    private static double average(double before, double value) {
        return before == 0 ? value : before + (value > before ? RISING : FALLING) * (value - before);
    }

    /** Drafting for the answer that is tried took so long. */
    void owes(double nanos) {
        credit -= nanos;
    }

    /** Whether an answer is the one that is tried. */
    boolean isTried(ModelDrafts answer) {
        return answer == tried;
    }

    /** Some tokens of an answer were verified. */
    void verified(ModelDrafts answer, int drafted, int accepted) {
        answer.rate().verified(drafted, accepted);
        all.verified(drafted, accepted);
        if (answer == tried && steps.isKnown()) {
            credit -= (drafted - accepted) * steps.token();
        }
        judged(answer, Math.min(drafted, accepted + 1));
    }

    /** A token was computed behind drafts that were right, and not offered: for what drafting costs it is a wrong one. */
    void unlikely(ModelDrafts answer) {
        answer.rate().verified(1, 0);
        all.verified(1, 0);
        judged(answer, 1);
    }

    private void judged(ModelDrafts answer, int tokens) {
        if (answer == tried && answer.judgedInTrial(tokens)) {
            tried = null;
        }
    }

    /** Nothing is drafted for an answer now: if it is tried, another one may be. */
    void endTrial(ModelDrafts answer) {
        if (answer == tried) {
            tried = null;
        }
    }

    /** The same for the answer that is tried, if it does not go on. */
    void endPausedTrial() {
        if (tried != null && !tried.isReady()) {
            tried = null;
        }
    }

    /** An answer has ended, or has to wait for a sequence. */
    void leaves(ModelDrafts answer) {
        endTrial(answer);
        if (answer.generated() > 0) {
            answerTokens += ANSWERS * (answer.generated() - answerTokens);
        }
    }
}
