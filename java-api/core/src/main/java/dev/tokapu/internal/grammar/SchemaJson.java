package dev.tokapu.internal.grammar;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.tokapu.exception.GrammarException;
import dev.tokapu.internal.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON text of a schema as maps, lists, strings, {@link Num}s, booleans and null, within limits.
 *
 * <p>Thread safety: safe.
 */
final class SchemaJson {

    private static final int MAX_CHARACTERS = 1 << 20;
    private static final int MAX_DEPTH = 64;
    private static final JsonFactory FACTORY = new JsonFactory();

    /** A number, as it is written. */
    record Num(String text, BigDecimal value) {

        boolean isSame(Num other) {
            return value.compareTo(other.value) == 0;
        }
    }

    private SchemaJson() {}

    static @Nullable Object read(String text) {
        if (text.isBlank()) {
            throw new GrammarException("the JSON schema is empty");
        }
        if (text.length() > MAX_CHARACTERS) {
            throw new GrammarException("the JSON schema has " + text.length() + " characters; at most " + MAX_CHARACTERS
                    + " are supported");
        }
        try (JsonParser parser = FACTORY.createParser(text)) {
            Object value = read(parser, parser.nextToken(), 0);
            if (parser.nextToken() != null) {
                throw new GrammarException("the JSON schema goes on after its end");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new GrammarException("the JSON schema is no JSON: " + e.getOriginalMessage(), e);
        } catch (NumberFormatException e) {
            throw new GrammarException("the JSON schema holds a number that is too large: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable Object read(JsonParser parser, JsonToken token, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new GrammarException("the JSON schema nests more than " + MAX_DEPTH + " deep");
        }
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    map.put(name, read(parser, parser.nextToken(), depth + 1));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    list.add(read(parser, next, depth + 1));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Num(parser.getText(), parser.getDecimalValue());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    /** Compact JSON; numbers as they came. */
    static String write(@Nullable Object value) {
        return Json.write(raw(value));
    }

    private static @Nullable Object raw(@Nullable Object value) {
        if (value instanceof Num number) {
            return new Json.Raw(number.text());
        }
        if (value instanceof List<?> list) {
            return list.stream().map(SchemaJson::raw).toList();
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> result = new LinkedHashMap<>();
            map.forEach((key, member) -> result.put(String.valueOf(key), raw(member)));
            return result;
        }
        return value;
    }

    /** Whether two values are equal to JSON: 1 and 1.0 are. */
    static boolean isSame(@Nullable Object one, @Nullable Object other) {
        if (one instanceof Num number && other instanceof Num second) {
            return number.isSame(second);
        }
        if (one instanceof List<?> list && other instanceof List<?> second) {
            for (int i = 0; i < list.size() && list.size() == second.size(); i++) {
                if (!isSame(list.get(i), second.get(i))) {
                    return false;
                }
            }
            return list.size() == second.size();
        }
        if (one instanceof Map<?, ?> map && other instanceof Map<?, ?> second) {
            return map.keySet().equals(second.keySet())
                    && map.entrySet().stream().allMatch(entry -> isSame(entry.getValue(), second.get(entry.getKey())));
        }
        return one == null ? other == null : one.equals(other);
    }
}
