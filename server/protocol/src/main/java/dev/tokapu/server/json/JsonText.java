package dev.tokapu.server.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON from and to plain values: {@link Map}, {@link List}, String, Number, Boolean and null.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class JsonText {

    private static final int DEEPEST = 100;
    private static final int LONGEST_NUMBER = 100;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNumberLength(LONGEST_NUMBER)
                    .maxStringLength(Integer.MAX_VALUE) // the body's limit is enough
                    .build())
            .build();

    private JsonText() {}

    /**
     * Reads a body.
     *
     * @param body UTF-8 text of one JSON object
     * @return the object
     * @throws ProblemException when it is something else
     */
    public static JsonObject readObject(byte[] body) {
        if (body.length == 0) {
            throw problem("the body is empty; it must be a JSON object");
        }
        try (JsonParser parser = FACTORY.createParser(body)) {
            JsonToken token = parser.nextToken();
            if (token != JsonToken.START_OBJECT) {
                throw problem("the body must be a JSON object");
            }
            Object value = read(parser, token);
            if (parser.nextToken() != null) {
                throw problem("there is text after the JSON object of the body");
            }
            return new JsonValue(value, "").object();
        } catch (JsonProcessingException e) {
            throw problem("the body is no JSON: " + reason(e) + place(e.getLocation()));
        } catch (IOException e) { // characters that are no UTF-8
            throw problem("the body cannot be read: " + e.getMessage());
        }
    }

    /** Without what is Jackson's: where it would have shown the source, and what could be configured. */
    private static String reason(JsonProcessingException e) {
        return String.valueOf(e.getOriginalMessage())
                .replaceAll("\\[Source: [^;]*; ([^\\]]*)\\]", "$1")
                .replaceAll(": enable `[^`]*` to allow", "")
                .replaceAll(", from `[^`]*`", "");
    }

    private static String place(@Nullable JsonLocation location) {
        return location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private static ProblemException problem(String message) {
        return new ProblemException(Problem.of(Problem.Kind.INVALID, message).withCode("invalid_json"));
    }

    private static @Nullable Object read(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                    map.put(name, read(parser, parser.nextToken()));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    list.add(read(parser, next));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    /** {@return whether a text is one JSON object} */
    public static boolean isObject(String text) {
        try {
            readObject(text.getBytes(StandardCharsets.UTF_8)).names();
            return true;
        } catch (ProblemException e) {
            return false;
        }
    }

    /** {@return a value as UTF-8 text} */
    public static byte[] write(@Nullable Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            write(generator, value);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write JSON: " + e.getMessage(), e);
        }
        return out.toByteArray();
    }

    /** {@return a value as text} */
    public static String text(@Nullable Object value) {
        return new String(write(value), StandardCharsets.UTF_8);
    }

    private static void write(JsonGenerator out, @Nullable Object value) throws IOException {
        if (value == null) {
            out.writeNull();
        } else if (value instanceof String text) {
            out.writeString(text);
        } else if (value instanceof Boolean bool) {
            out.writeBoolean(bool);
        } else if (value instanceof Integer || value instanceof Long) {
            out.writeNumber(((Number) value).longValue());
        } else if ((value instanceof Double || value instanceof Float)
                && !Double.isFinite(((Number) value).doubleValue())) {
            out.writeNull(); // JSON has no such number
        } else if (value instanceof Number number) {
            out.writeNumber(number.toString());
        } else if (value instanceof Map<?, ?> map) {
            out.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.writeFieldName(String.valueOf(entry.getKey()));
                write(out, entry.getValue());
            }
            out.writeEndObject();
        } else if (value instanceof Iterable<?> list) {
            out.writeStartArray();
            for (Object element : list) {
                write(out, element);
            }
            out.writeEndArray();
        } else if (value instanceof float[] numbers) {
            write(out, numbers);
        } else {
            throw new IllegalArgumentException("a " + value.getClass().getName() + " is nothing that JSON has");
        }
    }

    /** A vector, without an object for each number. */
    private static void write(JsonGenerator out, float[] numbers) throws IOException {
        out.writeStartArray();
        for (float number : numbers) {
            if (Float.isFinite(number)) {
                out.writeNumber(number);
            } else {
                out.writeNull();
            }
        }
        out.writeEndArray();
    }
}
