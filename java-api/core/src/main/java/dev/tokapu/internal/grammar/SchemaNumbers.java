package dev.tokapu.internal.grammar;

import dev.tokapu.internal.grammar.SchemaJson.Num;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of numbers: {@code minimum} and its kin, {@code multipleOf}.
 *
 * <p>Thread safety: immutable.
 */
final class SchemaNumbers {

    private static final BigDecimal FAR = BigDecimal.TEN.pow(40);

    private final String path;
    private final NumberText.@Nullable Bound low;
    private final NumberText.@Nullable Bound high;
    private final @Nullable BigDecimal step;

    SchemaNumbers(List<SchemaPart> parts, String path) {
        this.path = path;
        NumberText.Bound lowest = null;
        NumberText.Bound highest = null;
        BigDecimal multiple = null;
        for (SchemaPart part : parts) {
            lowest = tighter(lowest, bound(part, "minimum", true), 1);
            lowest = tighter(lowest, bound(part, "exclusiveMinimum", false), 1);
            highest = tighter(highest, bound(part, "maximum", true), -1);
            highest = tighter(highest, bound(part, "exclusiveMaximum", false), -1);
            if (part.get("multipleOf") instanceof Num number && number.value().signum() > 0) {
                multiple = multiple == null ? number.value() : multiple.min(number.value());
            }
        }
        this.low = lowest;
        this.high = highest;
        this.step = multiple;
    }

    private static NumberText.@Nullable Bound bound(SchemaPart part, String keyword, boolean inclusive) {
        if (!part.has(keyword)) {
            return null;
        }
        if (part.get(keyword) instanceof Num number) {
            return new NumberText.Bound(number.value(), inclusive);
        }
        String hint = part.get(keyword) instanceof Boolean
                ? "; true and false are of draft 4: write the bound itself in place of "
                        + keyword.replace("exclusiveM", "m")
                : "";
        throw new SchemaProblem(part.path(), keyword + " must be a number" + hint);
    }

    private static NumberText.@Nullable Bound tighter(
            NumberText.@Nullable Bound one, NumberText.@Nullable Bound other, int sign) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        int order =
                sign > 0 ? one.value().compareTo(other.value()) : other.value().compareTo(one.value());
        return order > 0 || (order == 0 && !one.inclusive()) ? one : other;
    }

    /** Whether a number is within the bounds. */
    boolean fits(BigDecimal value) {
        return (low == null || value.compareTo(low.value()) >= (low.inclusive() ? 0 : 1))
                && (high == null || value.compareTo(high.value()) <= (high.inclusive() ? 0 : -1))
                && (step == null || isMultiple(value, step));
    }

    private static boolean isMultiple(BigDecimal value, BigDecimal step) {
        boolean sane = Math.abs(value.scale()) < 1000 && Math.abs(step.scale()) < 1000;
        return !sane || value.remainder(step).signum() == 0;
    }

    Regex integers() {
        BigInteger min = low == null ? null : whole(low, 1);
        BigInteger max = high == null ? null : whole(high, -1);
        Regex result = NumberText.integers(min, max);
        if (result == null) {
            throw new SchemaProblem.NoValue(path, "no integer that a grammar can count is within the bounds");
        }
        return result;
    }

    /** The integer next to a bound on the side of {@code sign}; beyond 40 digits null, for none. */
    private @Nullable BigInteger whole(NumberText.Bound bound, int sign) {
        BigDecimal value = bound.value();
        if (value.abs().compareTo(FAR) >= 0) {
            if (value.signum() == sign) {
                throw new SchemaProblem.NoValue(path, "no integer that a grammar can count is within the bounds");
            }
            return null;
        }
        BigInteger down = floor(value);
        boolean isWhole = value.compareTo(new BigDecimal(down)) == 0;
        if (isWhole) {
            return bound.inclusive() ? down : down.add(BigInteger.valueOf(sign));
        }
        return sign > 0 ? down.add(BigInteger.ONE) : down;
    }

    /** Without writing out a small fraction. */
    private static BigInteger floor(BigDecimal value) {
        if (value.signum() == 0) {
            return BigInteger.ZERO;
        }
        if ((long) value.precision() - value.scale() <= 0) {
            return value.signum() < 0 ? BigInteger.ONE.negate() : BigInteger.ZERO;
        }
        BigInteger towardsZero = value.toBigInteger();
        return value.signum() < 0 && value.compareTo(new BigDecimal(towardsZero)) != 0
                ? towardsZero.subtract(BigInteger.ONE)
                : towardsZero;
    }

    Regex numbers() {
        int fraction = fractionDigits();
        if (fraction == 0) {
            return integers();
        }
        if (low == null && high == null && fraction < 0) {
            return NumberText.anyNumber();
        }
        Regex result = NumberText.numbers(low, high, fraction);
        if (result == null) {
            throw new SchemaProblem.NoValue(path, "no number is within the bounds");
        }
        return result;
    }

    /** As many as multipleOf allows when it is 1, 0.1, 0.01 and so on, or -1. */
    private int fractionDigits() {
        if (step == null || step.compareTo(BigDecimal.ONE) > 0 || step.scale() > 10) {
            return -1;
        }
        BigDecimal plain = step.stripTrailingZeros();
        return plain.unscaledValue().equals(BigInteger.ONE) ? plain.scale() : -1;
    }
}
