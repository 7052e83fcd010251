package dev.tokapu.internal.grammar;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The decimals from one to another, digit by digit: as long as the digits so far are those of a bound, it limits the next.
 *
 * <p>Thread safety: immutable.
 */
final class DigitRange {

    private static final Regex DIGIT = Regex.range('0', '9');

    private final Decimal low;
    private final Decimal high;
    private final int most;

    /**
     * @param most digits behind the point
     */
    DigitRange(Decimal low, Decimal high, int most) {
        this.low = low;
        this.high = high;
        this.most = most;
    }

    /** Null when there is none. */
    @Nullable
    Regex expression() {
        int few = low.whole().length();
        int many = high.whole().length();
        if (few == many) {
            return whole(0, few, true, !high.open());
        }
        List<Regex> options = new ArrayList<>();
        add(options, whole(0, few, true, false));
        int longest = high.open() ? many : many - 1;
        if (longest > few) {
            Regex digits = Regex.repeat(DIGIT, few, longest - 1);
            add(options, sequence(Regex.sequence(Regex.range('1', '9'), digits), fraction(false, false)));
        }
        if (!high.open()) {
            add(options, whole(0, many, false, true));
        }
        return options.isEmpty() ? null : Regex.choice(options);
    }

    /** The digits before the point from an index on, and the fraction. */
    private @Nullable Regex whole(int i, int length, boolean atLow, boolean atHigh) {
        if (i == length) {
            return fraction(atLow, atHigh);
        }
        if (!atLow && !atHigh) {
            return sequence(Regex.repeat(DIGIT, length - i, length - i), fraction(false, false));
        }
        int least = i == 0 && length > 1 ? 1 : 0;
        int from = atLow ? low.whole().charAt(i) - '0' : least;
        int to = atHigh ? high.whole().charAt(i) - '0' : 9;
        List<Regex> options = new ArrayList<>();
        boolean limited = atLow && !(low.isRoundAfter(i) && !(atHigh && from == to));
        for (int[] step : steps(from, to, limited, atHigh)) {
            add(options, sequence(digits(step[0], step[1]), whole(i + 1, length, step[2] == 1, step[3] == 1)));
        }
        return options.isEmpty() ? null : Regex.choice(options);
    }

    /** Ranges of the next digit: from, to, whether the digits are still those of the lower and the upper bound. */
    private static List<int[]> steps(int from, int to, boolean atLow, boolean atHigh) {
        if (atLow && atHigh && from == to) {
            return List.of(new int[] {from, to, 1, 1});
        }
        List<int[]> steps = new ArrayList<>();
        if (atLow) {
            steps.add(new int[] {from, from, 1, 0});
        }
        int first = atLow ? from + 1 : from;
        int last = atHigh ? to - 1 : to;
        if (first <= last) {
            steps.add(new int[] {first, last, 0, 0});
        }
        if (atHigh) {
            steps.add(new int[] {to, to, 0, 1});
        }
        return steps;
    }

    private static Regex digits(int from, int to) {
        return Regex.range((char) ('0' + from), (char) ('0' + to));
    }

    private static @Nullable Regex sequence(Regex first, @Nullable Regex second) {
        return second == null ? null : second.isEmpty() ? first : Regex.sequence(first, second);
    }

    private static void add(List<Regex> options, @Nullable Regex option) {
        if (option != null) {
            options.add(option);
        }
    }

    private @Nullable Regex fraction(boolean atLow, boolean atHigh) {
        Regex digits = fractionDigits(0, atLow, atHigh);
        Regex some = most == 0 || digits == null ? null : Regex.sequence(Regex.of('.'), digits);
        if (!mayEnd(0, atLow, atHigh)) {
            return some;
        }
        return some == null ? Regex.empty() : Regex.optional(some);
    }

    /** Whether zeros from here on are within the bounds. */
    private boolean mayEnd(int i, boolean atLow, boolean atHigh) {
        boolean lowRest = low.fraction().length() > i;
        boolean highRest = high.fraction().length() > i;
        return (!atLow || (!lowRest && low.inclusive())) && (!atHigh || highRest || high.inclusive());
    }

    /** At least one digit of the fraction from an index on. */
    private @Nullable Regex fractionDigits(int i, boolean atLow, boolean atHigh) {
        int left = most - i;
        if (left <= 0) {
            return null;
        }
        if (!atLow && !atHigh) {
            return Regex.repeat(DIGIT, 1, left);
        }
        int end = Math.max(
                atLow ? low.fraction().length() : 0, atHigh ? high.fraction().length() : 0);
        if (i >= end) {
            return behindBounds(left, atLow, atHigh);
        }
        List<Regex> options = new ArrayList<>();
        for (int[] step : steps(atLow ? low.digit(i) : 0, atHigh ? high.digit(i) : 9, atLow, atHigh)) {
            boolean nowLow = step[2] == 1;
            boolean nowHigh = step[3] == 1;
            Regex rest = fractionDigits(i + 1, nowLow, nowHigh);
            Regex digit = digits(step[0], step[1]);
            if (mayEnd(i + 1, nowLow, nowHigh)) {
                options.add(rest == null ? digit : Regex.sequence(digit, Regex.optional(rest)));
            } else {
                add(options, rest == null ? null : Regex.sequence(digit, rest));
            }
        }
        return options.isEmpty() ? null : Regex.choice(options);
    }

    private @Nullable Regex behindBounds(int left, boolean atLow, boolean atHigh) {
        Regex zero = Regex.of('0');
        if (atHigh) {
            return high.inclusive() && (!atLow || low.inclusive()) ? Regex.repeat(zero, 1, left) : null;
        }
        if (low.inclusive()) {
            return Regex.repeat(DIGIT, 1, left);
        }
        return Regex.sequence(
                Regex.repeat(zero, 0, left - 1), Regex.range('1', '9'), Regex.repeat(DIGIT, 0, Math.max(1, left - 1)));
    }
}
