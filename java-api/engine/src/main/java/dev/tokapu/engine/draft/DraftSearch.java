package dev.tokapu.engine.draft;

import java.util.List;

/**
 * Looks through what a step may draft, tokens of equal number for the answers whose drafts are most often right: what brings the most tokens in its
 * time as it is known, what may bring more, and whether anything could if drafts were as good as may be.
 *
 * <p>Thread safety: confined.
 */
final class DraftSearch {

    private static final double GAIN = 1.01; // times the speed without drafts: with less they are not worth it

    private static final double LINE =
            0.5; // of the time by larger steps: steps that were not measured may take so little

    private final TimeTable plain;
    private final TimeTable drafted;
    private final TimeTable rounds;
    private double[] order = new double[0]; // by answer, as all of these: the largest first
    private double[] next = order; // the probability that the next token is right
    private double[] right = order; // tokens
    private double[] hopedNext = order;
    private double[] hopedRight = order;
    private double bound;
    private int sequences;
    private int answers;
    private int length;
    private double speed;
    private int hopedAnswers;
    private int hopedLength;
    private double hopedSpeed;
    private double possibleSpeed;

    DraftSearch(TimeTable plain, TimeTable drafted, TimeTable rounds) {
        this.plain = plain;
        this.drafted = drafted;
        this.rounds = rounds;
    }

    /**
     * Sorts answers, those first whose drafts are most often right, and looks. Where some are drafted for by a model and some from their texts it also
     * looks at the latter alone, which take no time before the step, and keeps what is better.
     *
     * @param ofStep answers of the step, with or without drafts
     * @param mostNanos of drafting and step when not all answers are drafted for
     * @param mayTry whether what is hoped for counts
     */
    void run(List<AnswerDrafts> candidates, int ofStep, double mostNanos, boolean mayTry) {
        bound = mostNanos;
        sequences = ofStep;
        look(candidates, false);
        if (isMixed(candidates)) {
            double mingled = mayTry ? Math.max(speed, hopedSpeed) : speed;
            look(candidates, true);
            if (mingled >= (mayTry ? Math.max(speed, hopedSpeed) : speed)) {
                look(candidates, false);
            }
        }
    }

    private static boolean isMixed(List<AnswerDrafts> candidates) {
        for (int i = 1; i < candidates.size(); i++) {
            if (candidates.get(i).byModel() != candidates.get(0).byModel()) {
                return true;
            }
        }
        return false;
    }

    private void look(List<AnswerDrafts> candidates, boolean textsFirst) {
        answers = 0;
        length = 0;
        speed = sequences / plain.nanos(sequences);
        hopedAnswers = 0;
        hopedLength = 0;
        hopedSpeed = 0;
        possibleSpeed = 0;
        int longest = begin(candidates, textsFirst);
        double plainSpeed = speed;
        for (int tokens = 1; tokens <= longest; tokens++) {
            look(candidates, tokens, tokens == longest || TimeTable.isLastOfPlace(tokens));
        }
        if (speed < GAIN * plainSpeed) {
            answers = 0;
            length = 0;
            speed = plainSpeed;
        }
    }

    private int begin(List<AnswerDrafts> candidates, boolean textsFirst) {
        int count = candidates.size();
        if (order.length < count) {
            order = new double[count];
            next = new double[count];
            right = new double[count];
            hopedNext = new double[count];
            hopedRight = new double[count];
        }
        int longest = 0;
        for (int i = 0; i < count; i++) {
            AnswerDrafts answer = candidates.get(i);
            double its = answer.right(1) + (textsFirst && !answer.byModel() ? 1 : 0);
            int place = i;
            while (place > 0 && order[place - 1] < its) {
                order[place] = order[place - 1];
                candidates.set(place, candidates.get(place - 1));
                place--;
            }
            order[place] = its;
            candidates.set(place, answer);
            longest = Math.max(longest, answer.room());
        }
        for (int i = 0; i < count; i++) {
            next[i] = 1;
            right[i] = 0;
            hopedNext[i] = 1;
            hopedRight[i] = 0;
        }
        return longest;
    }

    /** Adds a token to each draft; weighs them where that is asked for, with numbers of answers that have a measured time of their own. */
    private void look(List<AnswerDrafts> candidates, int tokens, boolean measured) {
        double brought = sequences;
        double possible = sequences;
        int size = sequences;
        int count = candidates.size();
        int byModel = 0;
        for (int i = 0; i < count; i++) {
            AnswerDrafts answer = candidates.get(i);
            int room = answer.room();
            if (tokens <= room) {
                next[i] *= answer.right(tokens);
                right[i] += next[i];
                hopedNext[i] *= answer.hoped(tokens);
                hopedRight[i] += hopedNext[i];
            }
            byModel += answer.byModel() ? 1 : 0;
            brought += right[i];
            possible += hopedRight[i];
            size += Math.min(tokens, room);
            if (measured && (i + 1 == count || TimeTable.isLastOfPlace(i + 1))) {
                consider(i + 1, byModel, tokens, size, brought);
                double least = least(byModel, tokens, size);
                if (isAllowed(i + 1, least)) {
                    possibleSpeed = Math.max(possibleSpeed, possible / least);
                }
            }
        }
    }

    private void consider(int count, int byModel, int tokens, int size, double brought) {
        if (drafted.isKnown(size) && (byModel == 0 || rounds.isKnown(byModel))) {
            double nanos = nanos(byModel, tokens, size);
            if (brought > speed * nanos && isAllowed(count, nanos)) {
                answers = count;
                length = tokens;
                speed = brought / nanos;
            }
        } else if (size <= DraftWorth.DOUBLE * sequences || drafted.isNear(size, DraftWorth.DOUBLE)) {
            double nanos = least(byModel, tokens, size);
            if (brought > hopedSpeed * nanos && isAllowed(count, nanos)) {
                hopedAnswers = count;
                hopedLength = tokens;
                hopedSpeed = brought / nanos;
            }
        }
    }

    private boolean isAllowed(int count, double nanos) {
        return count == sequences || nanos <= bound;
    }

    private double nanos(int byModel, int tokens, int size) {
        double drafting = byModel == 0 ? 0 : tokens * rounds.nanos(byModel);
        return Math.max(plain.nanos(sequences), drafted.nanos(size)) + drafting;
    }

    private double least(int byModel, int tokens, int size) {
        double time = plain.nanos(sequences);
        double step = drafted.isKnown(size) ? drafted.nanos(size) : LINE * drafted.onLine(sequences, time, size);
        double drafting = byModel == 0 ? 0 : tokens * rounds.least(byModel);
        return Math.max(Math.max(time, drafted.least(size)), step) + drafting;
    }

    /**
     * What drafts of a model save of the time of a token of an answer, in nanoseconds, as if others were as often right: with the number of drafted
     * answers that is best for each of them. What was not measured saves nothing, unless it counts as well what may be.
     *
     * @param ofRate how often they are right
     * @param longest tokens of a draft at most
     * @param ofStep answers of the step
     * @param mostNanos as {@link #run}
     * @param mayTry whether what is hoped for counts
     */
    double saving(double ofRate, int longest, int ofStep, double mostNanos, boolean mayTry) {
        bound = mostNanos;
        sequences = ofStep;
        double time = plain.nanos(ofStep) / ofStep;
        double best = 0;
        for (int count = 1; count <= ofStep; count++) {
            if (count < ofStep && !TimeTable.isLastOfPlace(count)) {
                continue;
            }
            double more = 0;
            double probability = 1;
            for (int tokens = 1; tokens <= longest; tokens++) {
                probability *= ofRate;
                more += probability;
                double saved = time * (ofStep + count * more) - stepNanos(count, tokens, mayTry);
                best = Math.max(best, saved / (count * (1 + more)));
            }
        }
        return best;
    }

    /** Nanoseconds of a step and drafting for some answers; for ever if that is not known, or not allowed. */
    private double stepNanos(int count, int tokens, boolean mayTry) {
        int size = sequences + count * tokens;
        boolean known = drafted.isKnown(size) && rounds.isKnown(count);
        double sure = mayTry ? 1 : DraftWorth.MARGIN;
        double nanos =
                known ? sure * nanos(count, tokens, size) : mayTry ? least(count, tokens, size) : Double.MAX_VALUE;
        return isAllowed(count, nanos) ? nanos : Double.MAX_VALUE;
    }

    int answers() {
        return answers;
    }

    int length() {
        return length;
    }

    /** Tokens a nanosecond. */
    double speed() {
        return speed;
    }

    int hopedAnswers() {
        return hopedAnswers;
    }

    int hopedLength() {
        return hopedLength;
    }

    double hopedSpeed() {
        return hopedSpeed;
    }

    /** The speed if drafts were right as often as may be. */
    double possibleSpeed() {
        return possibleSpeed;
    }
}
