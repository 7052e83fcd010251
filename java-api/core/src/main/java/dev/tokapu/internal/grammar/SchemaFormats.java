package dev.tokapu.internal.grammar;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The formats of strings that grammars enforce, as patterns. Where a format leaves much open, the usual part of it.
 *
 * <p>Thread safety: safe.
 */
public final class SchemaFormats {

    /** The days of all years, as {@code MM-dd}. */
    public static final String MONTH_AND_DAY =
            "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))";

    /** Years of four digits that have a 29 February. */
    public static final String LEAP_YEAR = "([0-9][0-9](0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)";

    /** Days that exist, in years of four digits. */
    public static final String DATE = "([0-9]{4}-" + MONTH_AND_DAY + "|" + LEAP_YEAR + "-02-29)";

    /** 32 hexadecimal digits in their groups. */
    public static final String UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";

    private static final String TIME =
            "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
    private static final String ATOM = "[A-Za-z0-9_%+-]+";
    private static final String LABEL = "[A-Za-z0-9]+(-[A-Za-z0-9]+)*";
    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";

    private static final Map<String, String> PATTERNS = Map.of(
            "date",
            DATE,
            "time",
            TIME,
            "date-time",
            DATE + "T" + TIME,
            "uuid",
            UUID,
            "ipv4",
            BYTE + "(\\." + BYTE + "){3}",
            "email",
            ATOM + "(\\." + ATOM + ")*@(" + LABEL + "\\.)+[A-Za-z]{2,}");

    private SchemaFormats() {}

    /** The expression of a whole text, or null when the format is not enforced. */
    static @Nullable Regex expression(String format) {
        String pattern = PATTERNS.get(format);
        return pattern == null ? null : RegexParser.parse(pattern, RegexDialect.ECMA, new RegexProperties());
    }
}
