package dev.tokapu.structured;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Classes that are made up at random as Java source: records, beans, creators, hierarchies, wrappers, enums, with annotations
 * of Jackson and Jakarta that may fit their types or not.
 */
final class RandomClasses {

    private static final List<String> NUMBERS = List.of(
            "int", "Integer", "long", "Long", "short", "byte", "double", "Double", "float", "BigDecimal", "BigInteger");
    private static final List<String> DATES = List.of(
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
    private static final List<String> PATTERNS = List.of(
            "\\\\d{4}",
            "[A-Z]{2}-\\\\d{3}",
            "[\\\\w.-]+",
            "https://.+",
            "(?i)abc",
            "([01]\\\\d|2[0-3]):[0-5]\\\\d",
            "^yes$|^no$",
            "a+?b*",
            "[0-9]{3,}",
            "[^@]+@[^@]+",
            "\\\"[a-z]+\\\"",
            "[a-z]:\\\\\\\\[a-z]+",
            "(a|b)*",
            "\\\\p{Upper}+",
            "(?=a)[a-c]+",
            "(a)\\\\1",
            "\\\\bword\\\\b",
            "x{0}",
            "(a|b|)",
            "[a-zäöü ]{2,20}",
            ".*",
            "");

    private final Random random;
    private final StringBuilder source = new StringBuilder();
    private final List<String> enums = new ArrayList<>();
    private final List<String> classes = new ArrayList<>();

    RandomClasses(long seed) {
        this.random = new Random(seed);
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

    private <T> T one(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private boolean in(int n) {
        return random.nextInt(n) == 0;
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
        if (in(3)) {
            source.append(one(List.of(
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
        switch (random.nextInt(12)) {
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
        return in(5)
                ? " public int getSum() { return 1; } @JsonProperty(\"is\") public boolean isBig() { return true; } "
                : "";
    }

    private String components(int most) {
        List<String> components = new ArrayList<>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            components.add(property() + " p" + components.size());
        }
        return String.join(", ", components);
    }

    private void bean(String name) {
        source.append("public static class " + name + " {\n");
        for (int i = random.nextInt(5); i >= 0; i--) {
            String type = type(2);
            String bare = type.replaceAll("@\\w+(\\([^)]*\\))? ", "");
            String field = in(4) ? "isP" + i : in(4) ? "pName" + i : "p" + i;
            String caps = Character.toUpperCase(field.charAt(0)) + field.substring(1);
            source.append("  " + annotations(type) + "private " + type + " " + field + ";\n");
            source.append("  " + (in(6) ? annotations(type) : "") + "public " + bare
                    + (type.equals("boolean") ? " is" : " get") + caps + "() { return " + field + "; }\n");
            source.append("  public void set" + caps + "(" + bare + " v) { " + field + " = v; }\n");
        }
        source.append("}\n");
    }

    private void fields(String name) {
        source.append("public static class " + name + " {\n");
        for (int i = random.nextInt(5); i >= 0; i--) {
            source.append("  " + (in(9) ? "" : "public ") + property() + " p" + i + ";\n");
        }
        source.append("}\n");
    }

    private void creator(String name) {
        String type = type(1);
        String other = type(1);
        source.append(
                "public static class " + name + " {\n  private final Object a; private final Object b;\n  @JsonCreator "
                        + name + "(" + (in(5) ? "" : "@JsonProperty(\"a\") ") + (in(2) ? fitting(type) : "") + type
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
        for (int i = random.nextInt(3); i >= 0; i--) {
            String naming = in(4) ? "@JsonTypeName(\"n" + random.nextInt(2) + "\") " : "";
            source.append("  " + naming + "record " + name + "S" + i + "(" + components(3) + ") implements " + name
                    + " {}\n");
        }
        source.append("}\n");
    }

    private void hierarchy(String name) {
        String use = one(List.of("NAME", "NAME", "SIMPLE_NAME", "CLASS"));
        String property = in(3) ? "" : ", property = \"" + one(List.of("kind", "p0", "type")) + "\"";
        String first = in(3) ? "" : ", name = \"one\"";
        String second = in(3) ? "" : ", name = \"" + one(List.of("one", "two", "two")) + "\"";
        source.append("@JsonTypeInfo(use = JsonTypeInfo.Id." + use + property
                + ")\n@JsonSubTypes({@JsonSubTypes.Type(value = " + name + "A.class" + first
                + "), @JsonSubTypes.Type(value = " + name + "B.class" + second + ")})\n");
        source.append("public interface " + name + " {}\n");
        source.append("public record " + name + "A(" + components(3) + ") implements " + name + " {}\n");
        source.append("public record " + name + "B(" + components(3) + ") implements " + name + " {}\n");
        if (in(2)) {
            classes.add(name + "A");
        }
    }

    private void wrapper(String name) {
        String type =
                one(List.of("String", "int", "long", "double", "List<String>", "LocalDate", "boolean", one(enums)));
        String creator = one(List.of(
                "",
                "@JsonCreator public " + name + " {}",
                "@JsonCreator(mode = JsonCreator.Mode.DELEGATING) public " + name + " {}"));
        source.append("public record " + name + "(" + (in(5) ? "" : "@JsonValue ") + annotations(type) + type + " v) { "
                + creator + " }\n");
    }

    private String property() {
        String type = type(2);
        return annotations(type) + (in(6) && Character.isUpperCase(type.charAt(0)) ? "@Nullable " : "") + type;
    }

    private String type(int depth) {
        int choice = random.nextInt(depth > 0 ? 22 : 13);
        return switch (choice) {
            case 0, 1, 2 -> one(NUMBERS);
            case 3, 4, 5, 6 -> "String";
            case 7, 8 -> one(DATES);
            case 9 -> one(OTHERS);
            case 10 -> one(enums);
            case 11 -> in(4) ? one(ODD) : "String";
            case 12 -> classes.isEmpty() ? "int" : classes.get(Math.max(0, classes.size() - 1 - random.nextInt(10)));
            case 13, 14 -> "List<" + argument(depth) + ">";
            case 15 -> "Set<" + withEquals(argument(depth)) + ">";
            case 16 -> "Map<" + (in(6) ? "@Size(max = 3) " : "") + "String, " + argument(depth) + ">";
            case 17 -> "Map<" + one(enums) + ", " + argument(depth) + ">";
            case 18, 19 -> "Optional<" + argument(depth) + ">";
            case 20 -> "Pair<" + argument(depth) + ", " + argument(depth) + ">";
            default -> in(2) ? "int[]" : "String[]";
        };
    }

    /** A set of arrays, or of classes without equals, has another order each time. */
    private static String withEquals(String element) {
        return element.contains("[") || element.matches(".*\\bC[0-9]+.*") ? "String" : element;
    }

    private String argument(int depth) {
        String type = boxed(type(depth - 1));
        boolean simple = Character.isUpperCase(type.charAt(0)) && !type.contains("[");
        String rules = in(3) && simple ? fitting(type) : "";
        return rules + (in(8) && simple ? "@Nullable " : "") + type;
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

    private String annotations(String type) {
        if (in(2)) {
            return "";
        }
        Set<String> kinds = new LinkedHashSet<>();
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            String annotation = in(8)
                    ? fitting(one(List.of("int", "String", "boolean", "List<String>")))
                    : in(3) ? jackson(type) : fitting(type);
            String kind = annotation.startsWith("@Json")
                    ? annotation.substring(
                            0, (annotation + ' ').replace('(', ' ').indexOf(' '))
                    : annotation;
            if (kinds.add(kind)) {
                text.append(annotation);
            }
        }
        return text.toString();
    }

    /** Rules of Jakarta that are about such a type. */
    private String fitting(String type) {
        if (NUMBERS.contains(type) || (type.startsWith("Optional") && !type.contains("<"))) {
            return one(List.of(
                    "@Min(" + random.nextInt(20) + ") ",
                    "@Max(" + (15 + random.nextInt(200)) + ") ",
                    "@Positive ",
                    "@NegativeOrZero ",
                    "@DecimalMin(\"" + (random.nextInt(100) - 50) / 8.0 + "\") ",
                    "@DecimalMax(value = \"" + random.nextInt(1000) / 10.0 + "\", inclusive = false) ",
                    "@Digits(integer = 2, fraction = 1) ",
                    "@Min(-3000000000L) ",
                    "@PositiveOrZero ",
                    "@NotNull "));
        }
        if (type.equals("String") || type.equals("CharSequence")) {
            return one(List.of(
                    "@Size(max = " + random.nextInt(9) + ") ",
                    "@Size(min = " + random.nextInt(4) + ", max = 30) ",
                    "@NotBlank ",
                    "@NotEmpty ",
                    "@Email ",
                    "@Pattern(regexp = \"" + one(PATTERNS) + "\") ",
                    "@Pattern(regexp = \"" + one(PATTERNS) + "\", flags = Pattern.Flag.CASE_INSENSITIVE) ",
                    "@NotNull "));
        }
        if (type.startsWith("boolean") || type.startsWith("Boolean")) {
            return "@AssertTrue ";
        }
        if (DATES.contains(type)) {
            return one(List.of("@Past ", "@FutureOrPresent ", "@NotNull "));
        }
        return one(List.of("@Size(max = " + random.nextInt(4) + ") ", "@NotEmpty ", "@NotNull "));
    }

    private String jackson(String type) {
        if (DATES.contains(type)) {
            return "@JsonFormat(pattern = \""
                    + one(List.of(
                            "dd.MM.yyyy",
                            "uuuu-MM-dd HH:mm:ss",
                            "HH:mm",
                            "yyyy-MM-dd'T'HH:mm",
                            "MM/yyyy",
                            "d.M.yy",
                            "yyyyMMdd",
                            "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
                            "HHmmss",
                            "yyyy",
                            "dd MMM yyyy"))
                    + "\"" + (in(3) ? ", timezone = \"UTC\"" : "")
                    + ") ";
        }
        return one(List.of(
                "@JsonFormat(shape = JsonFormat.Shape.STRING) ",
                "@JsonFormat(shape = JsonFormat.Shape.NUMBER) ",
                "@JsonFormat(shape = JsonFormat.Shape.ARRAY) ",
                "@JsonPropertyDescription(\"what\") ",
                "@JsonIgnore ",
                "@JsonProperty(\"x" + random.nextInt(99999) + "\") ",
                "@JsonProperty(index = " + random.nextInt(3) + ") ",
                "@JsonProperty(access = JsonProperty.Access.READ_ONLY) ",
                "@JsonProperty(access = JsonProperty.Access.WRITE_ONLY) ",
                "@JsonAlias(\"other\") ",
                "@JsonInclude(JsonInclude.Include.NON_NULL) ",
                "@JsonUnwrapped ",
                "@JsonRawValue ",
                "@JsonSerialize(using = ToStringSerializer.class) ",
                "@JsonSetter(nulls = Nulls.SKIP) ",
                "@JsonFormat(with = JsonFormat.Feature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED) "));
    }
}
