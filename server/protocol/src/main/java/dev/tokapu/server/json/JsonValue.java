package dev.tokapu.server.json;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of a body and where it stands there, for messages.
 *
 * <p>Thread safety: immutable.
 *
 * @param value a map, a list, String, Number, Boolean or null
 * @param path where it is: {@code messages[0].content}
 * @since 0.1
 */
public record JsonValue(@Nullable Object value, String path) {

    /** {@return that this value is not as it should be} */
    public ProblemException wrong(String what) {
        return new ProblemException(Problem.parameter(path, path + ' ' + what));
    }

    private ProblemException mustBe(String what) {
        return wrong("is " + kind() + "; it must be " + what);
    }

    private String kind() {
        if (value == null) {
            return "null";
        }
        if (value instanceof String) {
            return "a string";
        }
        if (value instanceof Number) {
            return "the number " + value;
        }
        if (value instanceof Boolean) {
            return value.toString();
        }
        return value instanceof Map ? "an object" : "an array";
    }

    /** {@return whether it is a string} */
    public boolean isText() {
        return value instanceof String;
    }

    /** {@return whether it is an array} */
    public boolean isArray() {
        return value instanceof List;
    }

    /** {@return whether it is a number} */
    public boolean isNumber() {
        return value instanceof Number;
    }

    /** {@return the string} */
    public String text() {
        if (value instanceof String text) {
            return text;
        }
        throw mustBe("a string");
    }

    /** {@return the string, which must be one of some} */
    public String oneOf(String... some) {
        String text = text();
        for (String one : some) {
            if (one.equals(text)) {
                return text;
            }
        }
        throw wrong("is '" + text + "'; it must be one of " + String.join(", ", some));
    }

    /** {@return the truth value} */
    public boolean flag() {
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw mustBe("true or false");
    }

    /** {@return the whole number, which must lie in a range} */
    public long integer(long min, long max) {
        if (!(value instanceof Number)) {
            throw mustBe("an integer");
        }
        BigDecimal number = new BigDecimal(value.toString());
        if (number.stripTrailingZeros().scale() > 0) {
            throw mustBe("an integer");
        }
        if (number.compareTo(BigDecimal.valueOf(min)) < 0 || number.compareTo(BigDecimal.valueOf(max)) > 0) {
            throw mustBe("from " + min + " to " + max);
        }
        return number.longValue();
    }

    /** {@return the whole number, which must lie in a range} */
    public int integer(int min, int max) {
        return (int) integer((long) min, max);
    }

    /** {@return the number, which must lie in a range} */
    public double number(double min, double max) {
        if (!(value instanceof Number number)) {
            throw mustBe("a number");
        }
        double result = number.doubleValue();
        if (!(result >= min && result <= max)) {
            throw mustBe("from " + plain(min) + " to " + plain(max));
        }
        return result;
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    /** {@return the object} */
    public JsonObject object() {
        if (value instanceof Map<?, ?> map) {
            return new JsonObject(map, path);
        }
        throw mustBe("an object");
    }

    /** {@return the elements of the array} */
    public List<JsonValue> elements() {
        if (!(value instanceof List<?> list)) {
            throw mustBe("an array");
        }
        List<JsonValue> elements = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            elements.add(new JsonValue(list.get(i), path + '[' + i + ']'));
        }
        return elements;
    }

    /** {@return the strings of the array} */
    public List<String> texts() {
        return elements().stream().map(JsonValue::text).toList();
    }

    /** {@return the object as JSON text, as it was but for spaces} */
    public String objectJson() {
        if (value instanceof Map) {
            return JsonText.text(value);
        }
        throw mustBe("an object");
    }
}
