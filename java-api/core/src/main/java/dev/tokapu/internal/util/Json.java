package dev.tokapu.internal.util;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON text from and to plain Java values: {@link Map}, {@link List}, {@link String}, {@link Number}, {@link Boolean} and
 * null.
 *
 * <p>Thread safety: safe.
 */
public final class Json {

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int MAX_DEPTH = 200;

    /** A value that is JSON text already and goes into the output as it is. */
    public record Raw(String text) {}

    private Json() {}

    /**
     * Writes a value.
     *
     * @param value a value of the types above, {@link Iterable}s and {@link Raw} included
     * @throws IllegalArgumentException when a value of another type is in it
     */
    public static String write(@Nullable Object value) {
        StringWriter out = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            write(generator, value, 0);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + e.getMessage(), e);
        }
        return out.toString();
    }

    private static void write(JsonGenerator out, @Nullable Object value, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("more than " + MAX_DEPTH + " levels of nesting, or a cycle");
        }
        if (value == null) {
            out.writeNull();
        } else if (value instanceof CharSequence text) {
            out.writeString(text.toString());
        } else if (value instanceof Boolean bool) {
            out.writeBoolean(bool);
        } else if (value instanceof Number number) {
            writeNumber(out, number);
        } else if (value instanceof Map<?, ?> map) {
            out.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.writeFieldName(String.valueOf(entry.getKey()));
                write(out, entry.getValue(), depth + 1);
            }
            out.writeEndObject();
        } else if (value instanceof Iterable<?> list) {
            out.writeStartArray();
            for (Object element : list) {
                write(out, element, depth + 1);
            }
            out.writeEndArray();
        } else if (value instanceof Raw raw) {
            out.writeRawValue(raw.text());
        } else {
            throw new IllegalArgumentException("a " + value.getClass().getName()
                    + " cannot be written as JSON; use Map, List, String, Number, Boolean or null");
        }
    }

    private static void writeNumber(JsonGenerator out, Number number) throws IOException {
        if (number instanceof Integer || number instanceof Long || number instanceof Short || number instanceof Byte) {
            out.writeNumber(number.longValue());
        } else if (number instanceof Double || number instanceof Float) {
            if (!Double.isFinite(number.doubleValue())) {
                throw new IllegalArgumentException(number + " cannot be written as JSON");
            }
            out.writeNumber(number.toString());
        } else {
            out.writeNumber(number.toString());
        }
    }

    /**
     * Reads one value.
     *
     * @return a {@link LinkedHashMap}, {@link ArrayList}, String, Long, Double, {@link java.math.BigInteger}, Boolean or
     *     null
     * @throws IllegalArgumentException when it is not one JSON value
     */
    public static @Nullable Object read(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                throw new IllegalArgumentException("empty JSON text");
            }
            Object value = read(parser, token);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("text after the end of the JSON value");
            }
            return value;
        } catch (IOException e) {
            throw new IllegalArgumentException("malformed JSON: " + e.getMessage(), e);
        }
    }

    /**
     * Reads an object.
     *
     * @return its members in order
     * @throws IllegalArgumentException when it is not one JSON object
     */
    public static Map<String, @Nullable Object> readObject(String text) {
        Object value = read(text);
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("a JSON object is needed, not: " + text);
        }
        Map<String, @Nullable Object> result = new LinkedHashMap<>();
        map.forEach((key, member) -> result.put(String.valueOf(key), member));
        return result;
    }

    private static @Nullable Object read(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
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
            case VALUE_NUMBER_INT -> {
                Number number = parser.getNumberValue();
                yield number instanceof Integer ? (Number) number.longValue() : number;
            }
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }
}
