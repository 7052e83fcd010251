package dev.tokapu.internal.grammar;

import dev.tokapu.internal.grammar.Regex.Chars;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * JSON's numbers between two bounds, as expressions over their digits: plain ones of at most 19 digits before the point and 20
 * behind it, and numbers with one digit before the point and an exponent of at most three digits.
 *
 * <p>Thread safety: safe.
 */
final class NumberText {

    static final int INTEGER_DIGITS = 19;
    static final int FRACTION_DIGITS = 20;

    private static final Regex DIGIT = Regex.range('0', '9');
    private static final Regex NONZERO = Regex.range('1', '9');
    private static final Regex ZERO = Regex.of('0');
    private static final Regex MINUS = Regex.of('-');
    private static final Regex POINT = Regex.of('.');
    private static final Regex E = new Chars(CodePoints.anyOf("eE"));
    /** What a double can tell from zero. */
    private static final BigDecimal SMALLEST = new BigDecimal("4.9E-324");

    private static final BigDecimal LARGEST = new BigDecimal("9.9E307");

    /** A bound. */
    record Bound(BigDecimal value, boolean inclusive) {}

    private NumberText() {}

    /** Any integer of the usual length. */
    private static Regex anyInteger() {
        return Regex.choice(List.of(ZERO, Regex.sequence(NONZERO, Regex.repeat(DIGIT, 0, INTEGER_DIGITS - 1))));
    }

    /** Any number that a double is large enough for. */
    static Regex anyNumber() {
        Regex fraction = Regex.sequence(POINT, Regex.repeat(DIGIT, 1, FRACTION_DIGITS));
        Regex sign = Regex.optional(new Chars(CodePoints.anyOf("+-")));
        Regex exponent = Regex.sequence(E, sign, Regex.repeat(DIGIT, 1, 2));
        Regex usual = Regex.sequence(anyInteger(), Regex.optional(fraction), Regex.optional(exponent));
        Regex far = Regex.sequence(NONZERO, Regex.optional(fraction), E, exponents(-323, -100));
        Regex large = Regex.sequence(NONZERO, Regex.optional(fraction), E, exponents(100, 307));
        return Regex.sequence(Regex.optional(MINUS), Regex.choice(List.of(usual, far, large)));
    }

    /** Integers from {@code min} to {@code max}; null when there are none. */
    static @Nullable Regex integers(@Nullable BigInteger min, @Nullable BigInteger max) {
        if (min == null && max == null) {
            return Regex.sequence(Regex.optional(MINUS), anyInteger());
        }
        BigInteger low = min == null ? end(max).negate() : min;
        BigInteger high = max == null ? end(min) : max;
        List<Regex> options = new ArrayList<>();
        if (low.signum() < 0) {
            BigInteger least = high.signum() < 0 ? high.negate() : BigInteger.ONE;
            addIntegers(options, least, low.negate(), MINUS);
        }
        if (high.signum() >= 0) {
            addIntegers(options, low.max(BigInteger.ZERO), high, Regex.empty());
        }
        return options.isEmpty() ? null : Regex.choice(options);
    }

    /** How far a side without a bound reaches: as many digits as usual, or as the other bound. */
    private static BigInteger end(@Nullable BigInteger other) {
        int digits = other == null ? 0 : other.abs().toString().length();
        return BigInteger.TEN.pow(Math.max(INTEGER_DIGITS, digits)).subtract(BigInteger.ONE);
    }

    private static void addIntegers(List<Regex> options, BigInteger low, BigInteger high, Regex sign) {
        if (low.compareTo(high) <= 0) {
            String most = high.toString();
            Decimal to =
                    most.chars().allMatch(c -> c == '9') ? Decimal.end(most.length()) : new Decimal(most, "", true);
            Regex range = new DigitRange(new Decimal(low.toString(), "", true), to, 0).expression();
            if (range != null) {
                options.add(sign.isEmpty() ? range : Regex.sequence(sign, range));
            }
        }
    }

    /**
     * Numbers between bounds; null when there are none.
     *
     * @param fraction most digits behind the point, with no exponent then; -1 for the usual
     */
    static @Nullable Regex numbers(@Nullable Bound low, @Nullable Bound high, int fraction) {
        List<Regex> options = new ArrayList<>();
        if (low == null || low.value().signum() < 0) {
            Bound least = high != null && high.value().signum() < 0 ? negated(high) : new Bound(BigDecimal.ZERO, true);
            addNumbers(options, least, low == null ? null : negated(low), fraction, MINUS);
        }
        if (high == null || high.value().signum() >= 0) {
            Bound least = low == null || low.value().signum() < 0 ? new Bound(BigDecimal.ZERO, true) : low;
            addNumbers(options, least, high, fraction, Regex.empty());
        }
        return options.isEmpty() ? null : Regex.choice(options);
    }

    private static Bound negated(Bound bound) {
        return new Bound(bound.value().negate(), bound.inclusive());
    }

    private static void addNumbers(List<Regex> options, Bound low, @Nullable Bound high, int fraction, Regex sign) {
        List<Regex> magnitudes = new ArrayList<>();
        int digits = fraction < 0 ? FRACTION_DIGITS : fraction;
        add(magnitudes, plain(low, high, digits));
        if (fraction < 0) {
            boolean mayBeZero = high == null || high.value().signum() > 0 || high.inclusive();
            if (low.value().signum() == 0 && low.inclusive() && mayBeZero) {
                Regex zeros = Regex.optional(Regex.sequence(POINT, Regex.repeat(ZERO, 1, FRACTION_DIGITS)));
                Regex signs = Regex.optional(new Chars(CodePoints.anyOf("+-")));
                magnitudes.add(Regex.sequence(ZERO, zeros, E, signs, Regex.repeat(DIGIT, 1, 2)));
            }
            add(magnitudes, scientific(low, high));
        }
        if (!magnitudes.isEmpty()) {
            Regex all = Regex.choice(magnitudes);
            options.add(sign.isEmpty() ? all : Regex.sequence(sign, all));
        }
    }

    private static void add(List<Regex> options, @Nullable Regex option) {
        if (option != null) {
            options.add(option);
        }
    }

    private static @Nullable Regex plain(Bound low, @Nullable Bound high, int fraction) {
        BigDecimal limit = BigDecimal.TEN.pow(INTEGER_DIGITS);
        if (low.value().compareTo(limit) >= 0) {
            return null;
        }
        Decimal from = decimal(low, RoundingMode.CEILING, fraction);
        Decimal to = high == null || high.value().compareTo(limit) >= 0
                ? Decimal.end(INTEGER_DIGITS)
                : decimal(high, RoundingMode.FLOOR, fraction);
        return from.isUpTo(to) ? new DigitRange(from, to, fraction).expression() : null;
    }

    private static Decimal decimal(Bound bound, RoundingMode rounding, int fraction) {
        BigDecimal value = bound.value();
        boolean tiny = value.signum() != 0 && (long) value.precision() - value.scale() < -fraction;
        BigDecimal rounded = tiny
                ? rounding == RoundingMode.CEILING ? BigDecimal.ONE.movePointLeft(fraction) : BigDecimal.ZERO
                : value.setScale(fraction, rounding);
        boolean inclusive = bound.inclusive() || rounded.compareTo(value) != 0;
        String digits = rounded.setScale(fraction, RoundingMode.UNNECESSARY).toPlainString();
        int point = digits.indexOf('.');
        return new Decimal(
                point < 0 ? digits : digits.substring(0, point),
                point < 0 ? "" : digits.substring(point + 1).replaceAll("0+$", ""),
                inclusive);
    }

    /** One digit, a fraction, an exponent. */
    private static @Nullable Regex scientific(Bound low, @Nullable Bound high) {
        Bound from = low.value().compareTo(SMALLEST) < 0 ? new Bound(SMALLEST, true) : low;
        Bound to = high == null ? new Bound(LARGEST, true) : high;
        if (from.value().compareTo(to.value()) > 0) {
            return null;
        }
        int first = exponent(from.value());
        int last = exponent(to.value());
        if (last > 999) {
            to = new Bound(new BigDecimal("9.9E999"), true);
            last = 999;
        }
        if (first > last) {
            return null;
        }
        Bound one = new Bound(BigDecimal.ONE, true);
        Bound ten = new Bound(BigDecimal.TEN, false);
        List<Regex> options = new ArrayList<>();
        if (first == last) {
            addScientific(options, mantissa(from), mantissa(to), first, last);
        } else {
            addScientific(options, mantissa(from), ten, first, first);
            addScientific(options, one, ten, first + 1, last - 1);
            addScientific(options, one, mantissa(to), last, last);
        }
        return options.isEmpty() ? null : Regex.choice(options);
    }

    private static int exponent(BigDecimal value) {
        return (int) Math.max(-9999, Math.min(9999, (long) value.precision() - value.scale() - 1));
    }

    private static Bound mantissa(Bound bound) {
        BigDecimal value = bound.value();
        return new Bound(new BigDecimal(value.unscaledValue(), value.precision() - 1), bound.inclusive());
    }

    private static void addScientific(List<Regex> options, Bound low, Bound high, int first, int last) {
        if (first > last) {
            return;
        }
        Decimal from = decimal(low, RoundingMode.CEILING, FRACTION_DIGITS);
        Decimal to = high.value().compareTo(BigDecimal.TEN) == 0
                ? Decimal.end(1)
                : decimal(high, RoundingMode.FLOOR, FRACTION_DIGITS);
        Regex mantissa = from.isUpTo(to) ? new DigitRange(from, to, FRACTION_DIGITS).expression() : null;
        if (mantissa != null) {
            options.add(Regex.sequence(mantissa, E, exponents(first, last)));
        }
    }

    private static Regex exponents(int first, int last) {
        List<Regex> options = new ArrayList<>();
        if (first < 0) {
            options.add(Regex.sequence(MINUS, exponentDigits(Math.max(1, -last), -first)));
        }
        if (last >= 0) {
            options.add(Regex.sequence(Regex.optional(Regex.of('+')), exponentDigits(Math.max(0, first), last)));
        }
        return Regex.choice(options);
    }

    /** Many write a zero before a single digit. */
    private static Regex exponentDigits(int low, int high) {
        List<Regex> options = new ArrayList<>();
        addIntegers(options, BigInteger.valueOf(low), BigInteger.valueOf(high), Regex.empty());
        if (low < 10) {
            options.add(Regex.sequence(ZERO, Regex.range((char) ('0' + low), (char) ('0' + Math.min(9, high)))));
        }
        return Regex.choice(options);
    }
}
