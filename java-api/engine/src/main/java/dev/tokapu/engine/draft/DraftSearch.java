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
    private final AcceptanceRate all;
    private double[] rate = new double[0]; // by answer, as all of these
    private double[] next = rate; // the probability that the next token is right
    private double[] right = rate; // tokens
    private double[] hoped = rate;
    private double[] hopedNext = rate;
    private double[] hopedRight = rate;
    private double bound;
    private int sequences;
    private int answers;
    private int length;
    private double speed;
    private int hopedAnswers;
    private int hopedLength;
    private double hopedSpeed;
    private double possibleSpeed;

    DraftSearch(TimeTable plain, TimeTable drafted, TimeTable rounds, AcceptanceRate all) {
        this.plain = plain;
        this.drafted = drafted;
        this.rounds = rounds;
        this.all = all;
    }

    /**
     * Sorts answers, those first whose drafts are most often right, and looks.
     *
     * @param ofStep answers of the step, with or without drafts
     * @param mostNanos of drafting and step when not all answers are drafted for
     */
    void run(List<ModelDrafts> candidates, int ofStep, double mostNanos) {
        bound = mostNanos;
        sequences = ofStep;
        answers = 0;
        length = 0;
        speed = ofStep / plain.nanos(ofStep);
        hopedAnswers = 0;
        hopedLength = 0;
        hopedSpeed = 0;
        possibleSpeed = 0;
        int longest = begin(candidates);
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

    private int begin(List<ModelDrafts> candidates) {
        int count = candidates.size();
        if (rate.length < count) {
            rate = new double[count];
            next = new double[count];
            right = new double[count];
            hoped = new double[count];
            hopedNext = new double[count];
            hopedRight = new double[count];
        }
        int longest = 0;
        for (int i = 0; i < count; i++) {
            ModelDrafts answer = candidates.get(i);
            double its = answer.rate().rate(all);
            int place = i;
            while (place > 0 && rate[place - 1] < its) {
                rate[place] = rate[place - 1];
                candidates.set(place, candidates.get(place - 1));
                place--;
            }
            rate[place] = its;
            candidates.set(place, answer);
            longest = Math.max(longest, answer.room());
        }
        for (int i = 0; i < count; i++) {
            next[i] = 1;
            right[i] = 0;
            hoped[i] = candidates.get(i).rate().hoped(all);
            hopedNext[i] = 1;
            hopedRight[i] = 0;
        }
        return longest;
    }

    /** Adds a token to each draft; weighs them where that is asked for, with numbers of answers that have a measured time of their own. */
    private void look(List<ModelDrafts> candidates, int tokens, boolean measured) {
        double brought = sequences;
        double possible = sequences;
        int size = sequences;
        int count = candidates.size();
        for (int i = 0; i < count; i++) {
            int room = candidates.get(i).room();
            if (tokens <= room) {
                next[i] *= rate[i];
                right[i] += next[i];
                hopedNext[i] *= hoped[i];
                hopedRight[i] += hopedNext[i];
            }
            brought += right[i];
            possible += hopedRight[i];
            size += Math.min(tokens, room);
            if (measured && (i + 1 == count || TimeTable.isLastOfPlace(i + 1))) {
                consider(i + 1, tokens, size, brought);
                double least = least(i + 1, tokens, size);
                if (isAllowed(i + 1, least)) {
                    possibleSpeed = Math.max(possibleSpeed, possible / least);
                }
            }
        }
    }

    private void consider(int count, int tokens, int size, double brought) {
        if (drafted.isKnown(size) && rounds.isKnown(count)) {
            double nanos = nanos(count, tokens, size);
            if (brought > speed * nanos && isAllowed(count, nanos)) {
                answers = count;
                length = tokens;
                speed = brought / nanos;
            }
        } else if (size <= DraftWorth.DOUBLE * sequences || drafted.isNear(size, DraftWorth.DOUBLE)) {
            double nanos = least(count, tokens, size);
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

    private double nanos(int count, int tokens, int size) {
        return Math.max(plain.nanos(sequences), drafted.nanos(size)) + tokens * rounds.nanos(count);
    }

    private double least(int count, int tokens, int size) {
        double time = plain.nanos(sequences);
        double step = drafted.isKnown(size) ? drafted.nanos(size) : LINE * drafted.onLine(sequences, time, size);
        return Math.max(Math.max(time, drafted.least(size)), step) + tokens * rounds.least(count);
    }

    /**
     * What drafts save of the time of a token of an answer, in nanoseconds: as if all answers of the step were drafted for.
     *
     * @param ofStep answers of the step
     */
    double saving(double ofRate, int longest, int ofStep) {
        double time = plain.nanos(ofStep);
        double best = 0;
        double brought = 1;
        double probability = 1;
        for (int tokens = 1; tokens <= longest; tokens++) {
            probability *= ofRate;
            brought += probability;
            int size = ofStep * (1 + tokens);
            double step = Math.max(time, drafted.nanos(size)) + tokens * rounds.nanos(ofStep);
            best = Math.max(best, time - step / brought);
        }
        return best / ofStep;
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
