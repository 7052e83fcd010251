package dev.tokapu.internal.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.internal.grammar.NumberText.Bound;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Random;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Ranges of numbers, by their digits, against comparing the numbers. */
class NumberTextTest {

    private static final int RANGES = 3000;
    private static final int NUMBERS = 40;

    private final Random random = new Random(11);

    private static Pattern pattern(Regex regex) {
        return Pattern.compile(text(regex));
    }

    private static String text(Regex regex) {
        if (regex instanceof Regex.Chars chars) {
            return chars.set().toString();
        }
        StringJoiner out = new StringJoiner(regex instanceof Regex.Choice ? "|" : "", "(?:", ")");
        if (regex instanceof Regex.Sequence sequence) {
            sequence.items().forEach(item -> out.add(text(item)));
        } else if (regex instanceof Regex.Choice choice) {
            choice.options().forEach(option -> out.add(text(option)));
        } else {
            Regex.Repeat repeat = (Regex.Repeat) regex;
            return "(?:" + text(repeat.item()) + ")" + RegexText.count(repeat.min(), repeat.max());
        }
        return out.toString();
    }

    private BigDecimal number() {
        return switch (random.nextInt(6)) {
            case 0 -> BigDecimal.valueOf(random.nextInt(21) - 10);
            case 1 -> decimal(random.nextInt(2001) - 1000, random.nextInt(5));
            case 2 -> decimal(random.nextLong(), random.nextInt(25));
            case 3 -> decimal(random.nextInt(200) - 100, -random.nextInt(12));
            case 4 -> decimal(random.nextInt(200) - 100, random.nextInt(12) + 2);
            default -> decimal(random.nextInt(20) - 10, random.nextInt(400) - 200);
        };
    }

    private static BigDecimal decimal(long digits, int scale) {
        return new BigDecimal(BigInteger.valueOf(digits), scale);
    }

    /** Plain where it is short enough, otherwise with an exponent; null when it has too many digits. */
    private static @Nullable String written(BigDecimal value) {
        String plain = value.toPlainString();
        int point = plain.indexOf('.');
        int whole =
                (point < 0 ? plain : plain.substring(0, point)).replace("-", "").length();
        if (whole <= 19 && (point < 0 || plain.length() - point <= 21)) {
            return plain;
        }
        BigDecimal mantissa = new BigDecimal(value.unscaledValue().abs(), value.precision() - 1);
        if (value.signum() == 0 || mantissa.scale() > 20) {
            return null;
        }
        return (value.signum() < 0 ? "-" : "") + mantissa.toPlainString() + "E"
                + (value.precision() - value.scale() - 1);
    }

    private BigDecimal near(BigDecimal low, BigDecimal high) {
        BigDecimal shift = number().movePointLeft(random.nextInt(8));
        return switch (random.nextInt(5)) {
            case 0 -> low;
            case 1 -> high;
            case 2 -> low.add(shift);
            case 3 -> high.add(shift);
            default -> number();
        };
    }

    private static boolean isWithin(BigDecimal value, @Nullable Bound low, @Nullable Bound high) {
        return (low == null || value.compareTo(low.value()) >= (low.inclusive() ? 0 : 1))
                && (high == null || value.compareTo(high.value()) <= (high.inclusive() ? 0 : -1));
    }

    @Test
    void numbers_randomBounds_allowWhatIsWithin() {
        int within = 0;
        for (int i = 0; i < RANGES; i++) {
            BigDecimal one = number();
            BigDecimal other = number();
            BigDecimal least = one.min(other);
            BigDecimal most = one.max(other);
            Bound low = random.nextInt(5) == 0 ? null : new Bound(least, random.nextBoolean());
            Bound high = random.nextInt(5) == 0 ? null : new Bound(most, random.nextBoolean());
            Regex regex = NumberText.numbers(low, high, -1);
            Pattern pattern = regex == null ? null : pattern(regex);
            for (int k = 0; k < NUMBERS; k++) {
                BigDecimal value = near(least, most);
                String text = written(value);
                if (text != null) {
                    boolean expected = isWithin(value, low, high);
                    within += expected ? 1 : 0;
                    assertThat(pattern != null && pattern.matcher(text).matches())
                            .as("%s from %s to %s", text, low, high)
                            .isEqualTo(expected);
                }
            }
        }
        assertThat(within).isGreaterThan(RANGES * NUMBERS / 4);
    }

    @Test
    void integers_randomBounds_allowWhatIsWithin() {
        for (int i = 0; i < RANGES; i++) {
            BigInteger one = BigInteger.valueOf(random.nextLong() >> random.nextInt(64));
            BigInteger other = BigInteger.valueOf(random.nextLong() >> random.nextInt(64));
            BigInteger low = random.nextInt(5) == 0 ? null : one.min(other);
            BigInteger high = random.nextInt(5) == 0 ? null : one.max(other);
            Regex regex = NumberText.integers(low, high);
            assertThat(regex).isNotNull();
            Pattern pattern = pattern(regex);
            for (int k = 0; k < NUMBERS; k++) {
                BigInteger value = near(new BigDecimal(one), new BigDecimal(other))
                        .setScale(0, RoundingMode.FLOOR)
                        .toBigInteger();
                if (value.abs().toString().length() <= 19) {
                    boolean expected =
                            (low == null || value.compareTo(low) >= 0) && (high == null || value.compareTo(high) <= 0);
                    assertThat(pattern.matcher(value.toString()).matches())
                            .as("%s from %s to %s", value, low, high)
                            .isEqualTo(expected);
                }
            }
        }
    }
}
