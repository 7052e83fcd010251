package dev.tokapu.internal.grammar;

import dev.tokapu.internal.grammar.SchemaJson.Num;
import java.math.BigDecimal;
import java.util.List;

/**
 * A smallest and a largest count, like {@code minLength} and {@code maxLength}.
 *
 * @param min from 0 on
 * @param max {@link Regex#ENDLESS} for none, also where it is larger than a grammar can count
 */
record SchemaCounts(int min, int max) {

    static SchemaCounts of(List<SchemaPart> parts, String minKeyword, String maxKeyword, String path) {
        int min = 0;
        int max = Integer.MAX_VALUE;
        for (SchemaPart part : parts) {
            min = Math.max(min, count(part, minKeyword, 0));
            max = Math.min(max, count(part, maxKeyword, Integer.MAX_VALUE));
        }
        if (max < min) {
            throw new SchemaProblem.NoValue(path, maxKeyword + " is less than " + minKeyword);
        }
        if (min > RegexParser.MAX_COUNT) {
            throw new SchemaProblem(path, minKeyword + " is more than " + RegexParser.MAX_COUNT);
        }
        return new SchemaCounts(min, max > RegexParser.MAX_COUNT ? Regex.ENDLESS : max);
    }

    private static int count(SchemaPart part, String keyword, int otherwise) {
        if (!part.has(keyword)) {
            return otherwise;
        }
        if (!(part.get(keyword) instanceof Num number)
                || number.value().signum() < 0
                || (number.value().scale() > 0
                        && number.value().stripTrailingZeros().scale() > 0)) {
            throw new SchemaProblem(part.path(), keyword + " must be a whole number, 0 or more");
        }
        BigDecimal value = number.value();
        return value.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) >= 0 ? Integer.MAX_VALUE : value.intValue();
    }

    boolean isOpen() {
        return min == 0 && max == Regex.ENDLESS;
    }

    boolean holds(int count) {
        return count >= min && (max == Regex.ENDLESS || count <= max);
    }
}
