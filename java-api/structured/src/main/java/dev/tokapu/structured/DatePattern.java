package dev.tokapu.structured;

import dev.tokapu.internal.grammar.SchemaFormats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A pattern of {@link java.time.format.DateTimeFormatter} that is made of numbers of fixed width, as a regular expression: of
 * days that exist.
 *
 * @param regex anchored
 * @param samples of texts, as JSON
 */
record DatePattern(String regex, List<String> samples) {

    private static final Pattern PIECE =
            Pattern.compile("yyyy|uuuu|MM|dd|HH|mm|ss|S{1,9}|XXX|'((?:[^']|'')*)'|[^A-Za-z'\\[\\]{}#]");
    private static final String LEAP_YEAR_OF_ERA =
            "([0-9][0-9](0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)";
    /** The months with 31 days, those with 30, February, and its 29th. */
    private static final List<Map<String, String>> CALENDAR = List.of(
            Map.of("M", "(0[13578]|1[02])", "d", "(0[1-9]|[12][0-9]|3[01])"),
            Map.of("M", "(0[469]|11)", "d", "(0[1-9]|[12][0-9]|30)"),
            Map.of("M", "02", "d", "(0[1-9]|1[0-9]|2[0-8])"),
            Map.of("M", "02", "d", "29", "u", SchemaFormats.LEAP_YEAR, "y", LEAP_YEAR_OF_ERA));

    /** Reads one; null when it has more in it than numbers. */
    static @Nullable DatePattern of(String pattern) {
        List<String> pieces = new ArrayList<>();
        Matcher matcher = PIECE.matcher(pattern);
        int at = 0;
        while (at < pattern.length()) {
            if (!matcher.find(at) || matcher.start() != at) {
                return null;
            }
            pieces.add(matcher.group());
            at = matcher.end();
        }
        boolean month = pieces.contains("MM");
        boolean day = pieces.contains("dd");
        if (day && !month) {
            return null;
        }
        List<String> alternatives = new ArrayList<>();
        if (day) {
            CALENDAR.forEach(part -> alternatives.add(regex(pieces, part)));
        } else {
            alternatives.add(regex(pieces, Map.of("M", "(0[1-9]|1[0-2])")));
        }
        return new DatePattern("^(" + String.join("|", alternatives) + ")$", samples(pieces));
    }

    private static String regex(List<String> pieces, Map<String, String> calendar) {
        StringBuilder regex = new StringBuilder();
        for (String piece : pieces) {
            regex.append(
                    switch (piece.charAt(0)) {
                        // Year 0 is none of an era.
                        case 'y' -> calendar.getOrDefault("y", "([1-9][0-9]{3}|0[1-9][0-9]{2})");
                        case 'u' -> calendar.getOrDefault("u", "[0-9]{4}");
                        case 'M' -> calendar.get("M");
                        case 'd' -> calendar.get("d");
                        case 'H' -> "([01][0-9]|2[0-3])";
                        case 'm', 's' -> "[0-5][0-9]";
                        case 'S' -> "[0-9]{" + piece.length() + "}";
                        case 'X' -> "(Z|[+-](0[1-9]|1[0-7]):[0-5][0-9])";
                        default -> literal(piece);
                    });
        }
        return regex.toString();
    }

    private static String literal(String piece) {
        String text = text(piece);
        StringBuilder quoted = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (c < 128 && !Character.isLetterOrDigit(c) && c > ' ') {
                quoted.append('\\');
            }
            quoted.appendCodePoint(c);
        });
        return quoted.toString();
    }

    private static String text(String piece) {
        if (piece.equals("''")) {
            return "'";
        }
        return piece.startsWith("'") ? piece.substring(1, piece.length() - 1).replace("''", "'") : piece;
    }

    private static List<String> samples(List<String> pieces) {
        List<String> samples = new ArrayList<>();
        samples.add(sample(pieces, Map.of('y', "2024", 'M', "02", 'd', "29", 'H', "23", 'm', "59", 's', "58")));
        samples.add(sample(pieces, Map.of('y', "0987", 'M', "12", 'd', "31", 'H', "00", 'm', "00", 's', "00")));
        samples.add(sample(pieces, Map.of('y', "9999", 'M', "07", 'd', "01", 'H', "12", 'm', "34", 's', "56")));
        return samples;
    }

    private static String sample(List<String> pieces, Map<Character, String> values) {
        StringBuilder text = new StringBuilder("\"");
        for (String piece : pieces) {
            char kind = piece.charAt(0) == 'u' ? 'y' : piece.charAt(0);
            text.append(
                    switch (kind) {
                        case 'S' -> "123456789".substring(0, piece.length());
                        case 'X' -> values.containsValue("29") ? "Z" : "+03:30";
                        case 'y', 'M', 'd', 'H', 'm', 's' -> values.get(kind);
                        default -> text(piece).replace("\\", "\\\\").replace("\"", "\\\"");
                    });
        }
        return text.append('"').toString();
    }
}
