package dev.tokapu.structured;

import dev.tokapu.internal.grammar.SchemaFormats;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The types whose JSON is one string, number or boolean, each with exactly what Jackson can read into it: the bounds of its
 * numbers, the pattern of its strings. February has 28 days, and 29 in leap years.
 *
 * <p>The patterns are of the kind that {@link dev.tokapu.sampling.Grammar#ofJsonSchema} enforces: groups, alternatives in them,
 * counts, classes of letters, digits and what has no meaning in a pattern.
 *
 * <p>Thread safety: immutable.
 */
final class Scalars {

    private static final String DATE = SchemaFormats.DATE;
    private static final String MINUTES = "([01][0-9]|2[0-3]):[0-5][0-9]";
    private static final String SECONDS = ":[0-5][0-9](\\.[0-9]{1,9})?";
    private static final String OFFSET = "(Z|(\\+|-)((0[0-9]|1[0-7]):[0-5][0-9]|18:00))";
    private static final String COUNT = "-?[0-9]{1,9}";
    private static final String CLOCK = "(-?[0-9]{1,15}H(-?[0-9]{1,2}M)?(-?[0-9]{1,2}(\\.[0-9]{1,9})?S)?"
            + "|-?[0-9]{1,9}M(-?[0-9]{1,2}(\\.[0-9]{1,9})?S)?|-?[0-9]{1,9}(\\.[0-9]{1,9})?S)";
    private static final String HEX = "[0-9a-fA-F]";
    private static final String URI_REST = "([A-Za-z0-9_~!&',;=:@/-]|\\.|\\?|\\+|\\$|\\*|\\(|\\)|%" + HEX + HEX + ")*";
    private static final String FRAGMENT = "(#" + URI_REST + ")?";
    private static final String BASE64 = "([A-Za-z0-9/]|\\+)";

    private static final Map<Class<?>, Kind> KINDS = new HashMap<>();

    /**
     * What is the same for all values of a type.
     *
     * @param json the JSON type
     * @param format the format of the JSON Schema specification, null when none fits
     * @param pattern of strings
     * @param length of strings, null for any
     * @param minimum of numbers
     * @param maximum of numbers
     */
    record Kind(
            String json,
            @Nullable String format,
            @Nullable String pattern,
            @Nullable Integer length,
            @Nullable BigDecimal minimum,
            @Nullable BigDecimal maximum) {}

    static {
        string(null, null, String.class, CharSequence.class, char[].class);
        add("string", null, null, 1, null, null, char.class, Character.class);
        string("date", DATE, LocalDate.class);
        string("date-time", DATE + "T" + MINUTES + SECONDS + OFFSET, OffsetDateTime.class, ZonedDateTime.class);
        string("date-time", DATE + "T" + MINUTES + SECONDS + "Z", Instant.class);
        string("time", MINUTES + "(" + SECONDS + ")?" + OFFSET, OffsetTime.class);
        string(null, DATE + "T" + MINUTES + "(" + SECONDS + ")?", LocalDateTime.class);
        string(null, MINUTES + "(" + SECONDS + ")?", LocalTime.class);
        string(null, "[1-9][0-9]{3}", Year.class); // others are written with fewer digits
        string(null, "[0-9]{4}-(0[1-9]|1[0-2])", YearMonth.class);
        string(null, "--(" + SchemaFormats.MONTH_AND_DAY + "|02-29)", MonthDay.class);
        string("duration", "P(" + COUNT + "D(T" + CLOCK + ")?|T" + CLOCK + ")", Duration.class);
        string(
                "duration",
                "P(" + COUNT + "Y(" + COUNT + "M)?(" + COUNT + "D)?|" + COUNT + "M(" + COUNT + "D)?|" + COUNT + "D)",
                Period.class);
        string("uuid", SchemaFormats.UUID, UUID.class);
        string("uri", "[A-Za-z]([A-Za-z0-9-]|\\+|\\.){0,20}:(/|//|///)?[A-Za-z0-9]" + URI_REST + FRAGMENT, URI.class);
        string("uri", "(http|https|ftp)://([A-Za-z0-9-]|\\.){1,200}(/" + URI_REST + FRAGMENT + ")?", URL.class);
        string(null, "(" + BASE64 + "{4})*(" + BASE64 + "{2}==|" + BASE64 + "{3}=)?", byte[].class);
        add("boolean", null, null, null, null, null, boolean.class, Boolean.class);
        integer(Byte.MIN_VALUE, Byte.MAX_VALUE, byte.class, Byte.class);
        integer(Short.MIN_VALUE, Short.MAX_VALUE, short.class, Short.class);
        integer(Integer.MIN_VALUE, Integer.MAX_VALUE, int.class, Integer.class);
        integer(Long.MIN_VALUE, Long.MAX_VALUE, long.class, Long.class);
        add("integer", null, null, null, null, null, BigInteger.class);
        number(Float.toString(Float.MAX_VALUE), float.class, Float.class);
        number(Double.toString(Double.MAX_VALUE), double.class, Double.class);
        add("number", null, null, null, null, null, BigDecimal.class, Number.class);
    }

    private Scalars() {}

    private static void string(@Nullable String format, @Nullable String pattern, Class<?>... types) {
        add("string", format, pattern == null ? null : "^" + pattern + "$", null, null, null, types);
    }

    private static void integer(long minimum, long maximum, Class<?>... types) {
        add("integer", null, null, null, BigDecimal.valueOf(minimum), BigDecimal.valueOf(maximum), types);
    }

    private static void number(String maximum, Class<?>... types) {
        BigDecimal limit = new BigDecimal(maximum);
        add("number", null, null, null, limit.negate(), limit, types);
    }

    private static void add(
            String json,
            @Nullable String format,
            @Nullable String pattern,
            @Nullable Integer length,
            @Nullable BigDecimal minimum,
            @Nullable BigDecimal maximum,
            Class<?>... types) {
        Kind kind = new Kind(json, format, pattern, length, minimum, maximum);
        for (Class<?> type : types) {
            KINDS.put(type, kind);
        }
    }

    /** What is the same for all values of a type. */
    static @Nullable Kind of(Class<?> type) {
        return KINDS.get(type);
    }

    /** Whether the rules of texts are about a type. */
    static boolean isText(Class<?> type) {
        return type == String.class || type == CharSequence.class || type == char[].class;
    }
}
