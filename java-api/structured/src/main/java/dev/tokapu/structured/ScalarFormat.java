package dev.tokapu.structured;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import java.io.IOException;
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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What {@code @JsonFormat} makes of a scalar: a date by a pattern, which is followed; nothing; or another form, which is
 * refused. Jackson itself is asked, with samples.
 *
 * <p>Thread safety: safe.
 */
final class ScalarFormat {

    private static final Map<Class<?>, String> SAMPLES = new HashMap<>();

    static {
        SAMPLES.put(LocalDate.class, "2024-02-29");
        SAMPLES.put(LocalTime.class, "23:59:58.123456789");
        SAMPLES.put(LocalDateTime.class, "2024-02-29T23:59:58.123456789");
        SAMPLES.put(OffsetTime.class, "23:59:58.123456789+01:00");
        SAMPLES.put(OffsetDateTime.class, "2024-02-29T23:59:58.123456789+01:00");
        SAMPLES.put(ZonedDateTime.class, "2024-02-29T23:59:58.123456789+01:00");
        SAMPLES.put(Instant.class, "2024-02-29T23:59:58.123456789Z");
        SAMPLES.put(Year.class, "2024");
        SAMPLES.put(YearMonth.class, "2024-02");
        SAMPLES.put(MonthDay.class, "--02-29");
        SAMPLES.put(Duration.class, "PT26H3M4.5S");
        SAMPLES.put(Period.class, "P1Y2M3D");
        SAMPLES.put(UUID.class, "3f0b6f31-9f90-4c36-bb9f-76b061ea7ec6");
        SAMPLES.put(URI.class, "https://example.org/a");
        SAMPLES.put(URL.class, "https://example.org/a");
        SAMPLES.put(byte[].class, "AQI=");
        SAMPLES.put(char.class, "a");
        SAMPLES.put(Character.class, "a");
    }

    private ScalarFormat() {}

    /**
     * The pattern that an annotation gives a scalar.
     *
     * @return null for the form of the type
     * @throws IllegalArgumentException when it is another form
     */
    static @Nullable String pattern(JavaType type, Scalars.Kind kind, Property property, String path) {
        AnnotatedMember reader = property.reader();
        JsonFormat.Value format = findFormat(reader);
        AnnotatedMember writer = property.writer();
        if (format == null && writer != null) {
            format = findFormat(writer);
        }
        if (format == null || isKept(type, List.of(sample(type, kind)), property)) {
            return null;
        }
        DatePattern dates = format.hasPattern() ? DatePattern.of(format.getPattern()) : null;
        if (dates != null && isKept(type, dates.samples(), property)) {
            return dates.regex();
        }
        throw Refusal.of(
                path,
                type,
                "its @JsonFormat gives it another form; take that away, or use a String"
                        + (format.hasPattern()
                                ? " or a pattern of yyyy, MM, dd, HH, mm, ss and S with all that the type needs"
                                : ""));
    }

    private static JsonFormat.@Nullable Value findFormat(AnnotatedMember member) {
        return Jackson.MAPPER
                .getDeserializationConfig()
                .getAnnotationIntrospector()
                .findFormat(member);
    }

    private static String sample(JavaType type, Scalars.Kind kind) {
        return switch (kind.json()) {
            case "boolean" -> "true";
            case "integer" -> "12";
            case "number" -> "1.5";
            default -> '"' + SAMPLES.getOrDefault(type.getRawClass(), "text") + '"';
        };
    }

    private static boolean isKept(JavaType type, List<String> samples, Property property) {
        for (String sample : samples) {
            try {
                Object value = Jackson.readAs(type, property.read(), sample);
                JsonNode written = value == null ? null : Jackson.writeAs(type, property.written(), value);
                if (!Jackson.MAPPER.readTree(sample).equals(written)) {
                    return false;
                }
            } catch (IOException | RuntimeException e) {
                return false;
            }
        }
        return true;
    }
}
