package dev.tokapu.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random JSON schemas, with all that grammars enforce and what may stand beside it. */
final class RandomSchemas {

    private static final String[] NAMES = {"a", "b", "id", "", "root", "x\\\"y", "\u00e4 b", "string", "a-kv", "/~"};
    private static final String[] PATTERNS = {
        "^[A-Z]{2}-([0-9]+|x\\\\.y)?$",
        "^\\\\d{3,5}$",
        "[0-9]",
        "^x-",
        "y$",
        "^yes$|^no$",
        "^(?:ab|c[d-f]{1,3})+ z?$",
        "^[^\\\\s@]+@[a-z]+$",
        "^\\\"[a-z]+\\\"$",
        "(?i)^ab?c{2,}",
        "^.{2,6}$",
        "^(?=.*[0-9])[a-z0-9]{3,}$",
        "^\\\\w+?(\\\\.\\\\w+)*$",
        "^https:\\\\/\\\\/.+",
        "^(a|b|)\\\\n?$",
        "^\\\\p{Lu}x{0}[\\\\w-.]*$"
    };
    private static final String[] VALUES = {
        "\"a\"", "\"b\\n\"", "1", "2.50", "null", "true", "[1]", "{\"k\":[\"\\\\\"]}", "\"\u00e4\"", "-3", "\"abc\""
    };

    private final Random random;

    RandomSchemas(Random random) {
        this.random = random;
    }

    /** A schema with definitions, some of which lead to themselves. */
    String next() {
        String schema = schema(0);
        String definitions =
                "\"$defs\":{\"one\":" + scalar() + ",\"A<b>\":" + object(2) + ",\"n/m~\":{\"type\":\"array\",\"items\":"
                        + schema(3)
                        + ",\"maxItems\":2},\"tree\":{\"type\":\"object\",\"properties\":{\"kids\":{\"type\":\"array\","
                        + "\"items\":{\"$ref\":\"#/$defs/tree\"},\"maxItems\":2},\"up\":{\"anyOf\":[{\"type\":\"null\"},"
                        + "{\"$ref\":\"#/$defs/tree\"}]}},\"required\":[\"up\"]},\"named\":{\"$anchor\":\"there\",\"type\":[\"string\","
                        + "\"integer\"],\"maxLength\":4,\"maximum\":99}}";
        return schema.equals("{}")
                ? "{" + definitions + "}"
                : schema.substring(0, schema.length() - 1) + "," + definitions + "}";
    }

    private boolean chance(int of) {
        return random.nextInt(of) == 0;
    }

    private String pick(String[] from) {
        return from[random.nextInt(from.length)];
    }

    private String schema(int depth) {
        return switch (random.nextInt(depth > 2 ? 8 : 16)) {
            case 0, 1, 2, 3 -> scalar();
            case 4 -> values();
            case 5, 6 -> reference();
            case 7 -> string();
            case 8 -> "{" + union(depth) + "}";
            case 9, 10 -> array(depth);
            case 11 -> beside(scalar(), depth);
            case 12 -> beside(reference(), depth);
            case 13 -> all(depth);
            case 14 -> beside(object(depth), depth);
            default -> object(depth);
        };
    }

    private String beside(String schema, int depth) {
        return schema.substring(0, schema.length() - 1) + "," + (chance(2) ? union(depth) : more()) + "}";
    }

    private String more() {
        return switch (random.nextInt(6)) {
            case 0 -> "\"maxLength\":5";
            case 1 -> "\"minimum\":-4,\"maximum\":7.5";
            case 2 -> "\"title\":\"t\",\"description\":\"d\"";
            case 3 -> "\"allOf\":[{}," + scalar() + "]";
            case 4 -> "\"allOf\":[" + reference() + "]";
            default -> "\"oneOf\":[{\"type\":\"boolean\"}," + string() + "]"; // that both fit is not looked at
        };
    }

    private String union(int depth) {
        if (chance(3)) {
            return "\"anyOf\":[{\"required\":[\"a\"]},{\"required\":[\"b\"]}]";
        }
        return "\"anyOf\":[" + schema(depth + 1) + "," + schema(depth + 1) + "]";
    }

    private String all(int depth) {
        return "{\"allOf\":[" + object(depth + 1) + "," + (chance(2) ? object(depth + 1) : "{" + union(depth + 1) + "}")
                + "]" + (chance(2) ? ",\"required\":[\"extra\"]" : "") + "}";
    }

    private String reference() {
        return "{\"$ref\":\""
                + switch (random.nextInt(6)) {
                    case 0 -> "#/$defs/A%3Cb%3E";
                    case 1 -> "#/$defs/n~1m~0";
                    case 2 -> "#/$defs/tree";
                    case 3 -> "#there";
                    default -> "#/$defs/one";
                }
                + "\"}";
    }

    private String values() {
        List<String> list = new ArrayList<>();
        for (int n = random.nextInt(5); n >= 0; n--) {
            list.add(pick(VALUES));
        }
        String type = chance(2)
                ? ",\"type\":" + pick(new String[] {"\"string\"", "[\"string\",\"null\"]", "\"number\""})
                : "";
        String schema = chance(4)
                ? "{\"const\":" + pick(VALUES)
                : "{\"enum\":[" + String.join(",", list.stream().distinct().toList()) + "]";
        return schema + type + "}";
    }

    private String scalar() {
        return switch (random.nextInt(7)) {
            case 0 -> "{\"type\":\"boolean\"}";
            case 1 -> "{\"type\":[\"null\",\"integer\"]}";
            case 2 -> "{\"type\":\"number\"" + bounds(chance(2)) + "}";
            case 3 -> "{\"type\":\"integer\"" + bounds(true) + "}";
            case 4 -> "{\"type\":\"number\",\"multipleOf\":0.01" + bounds(false) + "}";
            default -> string();
        };
    }

    private String bounds(boolean whole) {
        String low = whole
                ? Long.toString(random.nextLong() >> random.nextInt(64))
                : Double.toString((random.nextInt(2001) - 1000) / Math.pow(10, random.nextInt(6)));
        String high = low.startsWith("-")
                ? Integer.toString(random.nextInt(1000))
                : low.contains("E") || low.startsWith("0") ? "1e9" : low + "1";
        String result = "";
        if (chance(2)) {
            result += (chance(2) ? ",\"minimum\":" : ",\"exclusiveMinimum\":") + low;
        }
        if (chance(2)) {
            result += (chance(2) ? ",\"maximum\":" : ",\"exclusiveMaximum\":") + high;
        }
        return result;
    }

    private String string() {
        int min = random.nextInt(4);
        String lengths = ",\"minLength\":" + min + ",\"maxLength\":" + (min + random.nextInt(8));
        return switch (random.nextInt(7)) {
            case 0 -> "{\"type\":\"string\"}";
            case 1 -> "{\"type\":\"string\"" + lengths + "}";
            case 2 ->
                "{\"type\":\"string\",\"format\":\""
                        + pick(new String[] {"date", "time", "date-time", "uuid", "ipv4", "email", "color"}) + "\"}";
            case 3 -> "{\"type\":\"string\",\"pattern\":\"" + pick(PATTERNS) + "\"" + (chance(2) ? lengths : "") + "}";
            case 4 ->
                "{\"allOf\":[{\"pattern\":\"" + pick(PATTERNS) + "\"},{\"pattern\":\"" + pick(PATTERNS)
                        + "\",\"type\":\"string\"}]}";
            default -> "{\"type\":\"string\",\"pattern\":\"" + pick(PATTERNS) + "\"}";
        };
    }

    private String array(int depth) {
        int min = random.nextInt(3);
        String counts = ",\"minItems\":" + min + ",\"maxItems\":" + (min + random.nextInt(3));
        if (chance(3)) {
            return "{\"type\":\"array\",\"prefixItems\":[" + schema(depth + 1) + "," + schema(depth + 1) + "]"
                    + (chance(2) ? counts : "") + (chance(2) ? ",\"items\":" + scalar() : "") + "}";
        }
        return "{\"type\":\"array\",\"items\":" + schema(depth + 1) + counts + "}";
    }

    private String object(int depth) {
        if (chance(6)) {
            return map();
        }
        List<String> properties = new ArrayList<>();
        List<String> required = new ArrayList<>();
        for (String name : NAMES) {
            if (chance(3)) {
                properties.add("\"" + name + "\":" + (depth > 1 ? scalar() : schema(depth + 1)));
            }
            if (chance(6)) {
                required.add("\"" + name + "\"");
            }
        }
        String others = switch (random.nextInt(6)) {
            case 0 -> ",\"additionalProperties\":{\"type\":[\"integer\",\"string\",\"object\"]}";
            case 1 -> ",\"additionalProperties\":false";
            case 2 -> ",\"patternProperties\":{\"^[ab]\":{\"type\":[\"integer\",\"string\",\"boolean\"]}}";
            default -> "";
        };
        return "{\"type\":\"object\",\"properties\":{" + String.join(",", properties) + "},\"required\":["
                + String.join(",", required) + "]" + others + "}";
    }

    private String map() {
        return "{\"type\":\"object\""
                + switch (random.nextInt(5)) {
                    case 0 -> ",\"propertyNames\":{\"pattern\":\"^[a-z]{1,3}$\"}";
                    case 1 -> ",\"propertyNames\":{\"enum\":[\"a\",\"b\"]},\"additionalProperties\":" + scalar();
                    case 2 ->
                        ",\"patternProperties\":{\"^a\":" + scalar() + ",\"b$\":{\"type\":[\"integer\",\"string\"]}},"
                                + "\"additionalProperties\":false";
                    case 3 ->
                        ",\"patternProperties\":{\"^a\":{\"type\":\"integer\"}},\"additionalProperties\":{\"type\":\"null\"}";
                    default -> ",\"additionalProperties\":" + scalar() + ",\"maxProperties\":3";
                }
                + "}";
    }
}
