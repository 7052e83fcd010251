package dev.tokapu.internal.grammar;

/**
 * A bound as digits.
 *
 * @param whole before the point, without zeros at the front
 * @param fraction behind it, without zeros at the end where it is exact
 * @param inclusive whether the bound is a value
 * @param open whether it stands for all decimals of its length
 */
record Decimal(String whole, String fraction, boolean inclusive, boolean open) {

    Decimal(String whole, String fraction, boolean inclusive) {
        this(whole, fraction, inclusive, false);
    }

    /** The end of the decimals with so many digits before the point. */
    static Decimal end(int digits) {
        return new Decimal("9".repeat(digits), "", true, true);
    }

    /** Whether it is not larger than another one, and there is a value between them. */
    boolean isUpTo(Decimal high) {
        int order = Integer.compare(whole.length(), high.whole.length());
        order = order != 0 ? order : whole.compareTo(high.whole);
        if (order == 0 && high.open) {
            return true;
        }
        if (order == 0) {
            int digits = Math.max(fraction.length(), high.fraction.length());
            order = padded(fraction, digits).compareTo(padded(high.fraction, digits));
        }
        return order < 0 || (order == 0 && inclusive && high.inclusive);
    }

    private static String padded(String digits, int length) {
        return digits + "0".repeat(length - digits.length());
    }

    /** Whether it has only zeros behind a digit before the point, and is a value. */
    boolean isRoundAfter(int index) {
        return inclusive
                && fraction.isEmpty()
                && whole.substring(index + 1).chars().allMatch(c -> c == '0');
    }

    /** A digit of the fraction; zero behind its end. */
    int digit(int index) {
        return index < fraction.length() ? fraction.charAt(index) - '0' : 0;
    }
}
