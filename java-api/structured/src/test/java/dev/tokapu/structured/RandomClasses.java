package dev.tokapu.structured;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Classes that are made up at random as Java source: records, beans, creators, hierarchies, wrappers, enums, with annotations
 * of Jackson and Jakarta that may fit their types or not.
 */
final class RandomClasses {

    static final List<String> NUMBERS = List.of(
            "int", "Integer", "long", "Long", "short", "byte", "double", "Double", "float", "BigDecimal", "BigInteger");
    static final List<String> DATES = List.of(
            "LocalDate",
            "LocalTime",
            "LocalDateTime",
            "Instant",
            "OffsetDateTime",
            "ZonedDateTime",
            "OffsetTime",
            "Year",
            "YearMonth",
            "MonthDay",
            "Duration",
            "Period");
    private static final List<String> OTHERS = List.of(
            "boolean",
            "Boolean",
            "char",
            "char[]",
            "byte[]",
            "UUID",
            "URI",
            "URL",
            "Object",
            "OptionalInt",
            "OptionalLong",
            "OptionalDouble",
            "Number",
            "CharSequence");
    private static final List<String> ODD =
            List.of("java.util.Date", "Locale", "Map<Integer, String>", "Thread", "Iterable<String>", "Properties");
    private final Draw draw;
    private final RandomAnnotations annotations;
    private final StringBuilder source = new StringBuilder();
    private final List<String> enums = new ArrayList<>();
    private final List<String> classes = new ArrayList<>();

    RandomClasses(long seed) {
        this.draw = new Draw(new Random(seed));
        this.annotations = new RandomAnnotations(draw);
    }

    /** The source of a class {@code Generated} with so many inside. */
    String source(int count) {
        for (String name : List.of(
                "com.fasterxml.jackson.annotation.*",
                "com.fasterxml.jackson.databind.annotation.*",
                "com.fasterxml.jackson.databind.PropertyNamingStrategies",
                "com.fasterxml.jackson.databind.ser.std.*",
                "jakarta.validation.constraints.*",
                "org.jspecify.annotations.Nullable",
                "java.math.*",
                "java.net.*",
                "java.time.*",
                "java.util.*")) {
            source.append("import ").append(name).append(";\n");
        }
        source.append("import jakarta.validation.constraints.Pattern;\npublic final class Generated {\n");
        source.append("public record Pair<A, B>(A first, B second) {}\n");
        for (int i = 0; i < 12; i++) {
            writeEnum("E" + i, i);
        }
        for (int i = 0; i < count; i++) {
            writeClass("C" + i);
            classes.add("C" + i);
        }
        return source.append("}\n").toString();
    }

    List<String> names() {
        return classes;
    }

    private void writeEnum(String name, int kind) {
        String constants = switch (kind % 6) {
            case 1 -> "@JsonProperty(\"a \\\"b\\\" ü\\n\") A, B";
            case 2 -> "A, @JsonEnumDefaultValue B { @Override public String toString() { return \"bee\"; } }";
            default -> "A, B, C";
        };
        String body = switch (kind) {
            case 3 -> "@JsonValue public int v() { return ordinal() * 3; }";
            case 4 -> "@JsonValue public String v() { return \"v-\" + ordinal(); }";
            case 5 -> "@JsonValue public double v() { return ordinal() + .5; }";
            case 7 -> "@JsonKey public String k() { return \"k\" + ordinal(); }";
            case 9 -> "@JsonCreator public static " + name + " of(@JsonProperty(\"c\") int c) { return values()[c]; }";
            case 10 -> "@JsonCreator public static " + name + " of(String c) { return valueOf(c); }";
            default -> "";
        };
        String annotation = kind == 8 ? "@JsonFormat(shape = JsonFormat.Shape.NUMBER) " : "";
        source.append(annotation + "public enum " + name + " { " + constants + "; " + body + " }\n");
        enums.add(name);
    }

    private void writeClass(String name) {
        if (draw.in(3)) {
            source.append(draw.one(List.of(
                    "@JsonPropertyOrder(alphabetic = true)\n",
                    "@JsonPropertyOrder({\"p2\", \"p0\"})\n",
                    "@JsonInclude(JsonInclude.Include.NON_EMPTY)\n",
                    "@JsonIgnoreProperties(\"p1\")\n",
                    "@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)\n",
                    "@JsonClassDescription(\"about\")\n",
                    "@JsonIgnoreProperties(ignoreUnknown = true)\n",
                    "@JsonInclude(JsonInclude.Include.NON_DEFAULT)\n",
                    "@JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY)\n",
                    "@JsonFormat(shape = JsonFormat.Shape.ARRAY)\n")));
        }
        switch (draw.random().nextInt(12)) {
            case 0 -> bean(name);
            case 1 -> fields(name);
            case 2 -> creator(name);
            case 3 -> sealed(name);
            case 4 -> hierarchy(name);
            case 5 -> wrapper(name);
            default -> source.append("public record " + name + "(" + components(6) + ") {" + computed() + "}\n");
        }
    }

    private String computed() {
        return draw.in(5)
                ? " public int getSum() { return 1; } @JsonProperty(\"is\") public boolean isBig() { return true; } "
                : "";
    }

    private String components(int most) {
        List<String> components = new ArrayList<>();
        for (int i = draw.random().nextInt(most + 1); i > 0; i--) {
            components.add(property() + " p" + components.size());
        }
        return String.join(", ", components);
    }

    private void bean(String name) {
        source.append("public static class " + name + " {\n");
        for (int i = draw.random().nextInt(5); i >= 0; i--) {
            String type = type(2);
            String bare = type.replaceAll("@\\w+(\\([^)]*\\))? ", "");
            String field = draw.in(4) ? "isP" + i : draw.in(4) ? "pName" + i : "p" + i;
            String caps = Character.toUpperCase(field.charAt(0)) + field.substring(1);
            source.append("  " + annotations.on(type) + "private " + type + " " + field + ";\n");
            source.append("  " + (draw.in(6) ? annotations.on(type) : "") + "public " + bare
                    + (type.equals("boolean") ? " is" : " get") + caps + "() { return " + field + "; }\n");
            source.append("  public void set" + caps + "(" + bare + " v) { " + field + " = v; }\n");
        }
        source.append("}\n");
    }

    private void fields(String name) {
        source.append("public static class " + name + " {\n");
        for (int i = draw.random().nextInt(5); i >= 0; i--) {
            source.append("  " + (draw.in(9) ? "" : "public ") + property() + " p" + i + ";\n");
        }
        source.append("}\n");
    }

    private void creator(String name) {
        String type = type(1);
        String other = type(1);
        source.append(
                "public static class " + name + " {\n  private final Object a; private final Object b;\n  @JsonCreator "
                        + name + "(" + (draw.in(5) ? "" : "@JsonProperty(\"a\") ")
                        + (draw.in(2) ? annotations.fitting(type) : "") + type
                        + " a, @JsonProperty(\"b\") "
                        + other + " b) { this.a = a; this.b = b; }\n");
        String bare = type.replaceAll("@\\w+(\\([^)]*\\))? ", "");
        String otherBare = other.replaceAll("@\\w+(\\([^)]*\\))? ", "");
        source.append("  @SuppressWarnings(\"unchecked\") public " + bare + " getA() { return (" + bare
                + ") a; }\n  @SuppressWarnings(\"unchecked\") public " + otherBare + " getB() { return (" + otherBare
                + ") b; }\n}\n");
    }

    private void sealed(String name) {
        source.append("public sealed interface " + name + " {\n");
        for (int i = draw.random().nextInt(3); i >= 0; i--) {
            String naming = draw.in(4) ? "@JsonTypeName(\"n" + draw.random().nextInt(2) + "\") " : "";
            source.append("  " + naming + "record " + name + "S" + i + "(" + components(3) + ") implements " + name
                    + " {}\n");
        }
        source.append("}\n");
    }

    private void hierarchy(String name) {
        String use = draw.one(List.of("NAME", "NAME", "SIMPLE_NAME", "CLASS"));
        String property = draw.in(3) ? "" : ", property = \"" + draw.one(List.of("kind", "p0", "type")) + "\"";
        String first = draw.in(3) ? "" : ", name = \"one\"";
        String second = draw.in(3) ? "" : ", name = \"" + draw.one(List.of("one", "two", "two")) + "\"";
        source.append("@JsonTypeInfo(use = JsonTypeInfo.Id." + use + property
                + ")\n@JsonSubTypes({@JsonSubTypes.Type(value = " + name + "A.class" + first
                + "), @JsonSubTypes.Type(value = " + name + "B.class" + second + ")})\n");
        source.append("public interface " + name + " {}\n");
        source.append("public record " + name + "A(" + components(3) + ") implements " + name + " {}\n");
        source.append("public record " + name + "B(" + components(3) + ") implements " + name + " {}\n");
        if (draw.in(2)) {
            classes.add(name + "A");
        }
    }

    private void wrapper(String name) {
        String type = draw.one(
                List.of("String", "int", "long", "double", "List<String>", "LocalDate", "boolean", draw.one(enums)));
        String creator = draw.one(List.of(
                "",
                "@JsonCreator public " + name + " {}",
                "@JsonCreator(mode = JsonCreator.Mode.DELEGATING) public " + name + " {}"));
        source.append("public record " + name + "(" + (draw.in(5) ? "" : "@JsonValue ") + annotations.on(type) + type
                + " v) { " + creator + " }\n");
    }

    private String property() {
        String type = type(2);
        return annotations.on(type) + (draw.in(6) && Character.isUpperCase(type.charAt(0)) ? "@Nullable " : "") + type;
    }

    private String type(int depth) {
        int choice = draw.random().nextInt(depth > 0 ? 22 : 13);
        return switch (choice) {
            case 0, 1, 2 -> draw.one(NUMBERS);
            case 3, 4, 5, 6 -> "String";
            case 7, 8 -> draw.one(DATES);
            case 9 -> draw.one(OTHERS);
            case 10 -> draw.one(enums);
            case 11 -> draw.in(4) ? draw.one(ODD) : "String";
            case 12 ->
                classes.isEmpty()
                        ? "int"
                        : classes.get(
                                Math.max(0, classes.size() - 1 - draw.random().nextInt(10)));
            case 13, 14 -> "List<" + argument(depth) + ">";
            case 15 -> "Set<" + withEquals(argument(depth)) + ">";
            case 16 -> "Map<" + (draw.in(6) ? "@Size(max = 3) " : "") + "String, " + argument(depth) + ">";
            case 17 -> "Map<" + draw.one(enums) + ", " + argument(depth) + ">";
            case 18, 19 -> "Optional<" + argument(depth) + ">";
            case 20 -> "Pair<" + argument(depth) + ", " + argument(depth) + ">";
            default -> draw.in(2) ? "int[]" : "String[]";
        };
    }

    /** A set of arrays, or of classes without equals, has another order each time. */
    private static String withEquals(String element) {
        return element.contains("[") || element.matches(".*\\bC[0-9]+.*") ? "String" : element;
    }

    private String argument(int depth) {
        String type = boxed(type(depth - 1));
        boolean simple = Character.isUpperCase(type.charAt(0)) && !type.contains("[");
        String rules = draw.in(3) && simple ? annotations.fitting(type) : "";
        return rules + (draw.in(8) && simple ? "@Nullable " : "") + type;
    }

    private static String boxed(String type) {
        return switch (type) {
            case "int" -> "Integer";
            case "long" -> "Long";
            case "short" -> "Short";
            case "byte" -> "Byte";
            case "double" -> "Double";
            case "float" -> "Float";
            case "boolean" -> "Boolean";
            case "char" -> "Character";
            default -> type;
        };
    }
}
