package dev.tokapu.structured;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Annotations of Jackson and Jakarta, drawn at random, that may fit a type or not. */
final class RandomAnnotations {

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

    private final Draw draw;

    RandomAnnotations(Draw draw) {
        this.draw = draw;
    }

    String on(String type) {
        if (draw.in(2)) {
            return "";
        }
        Set<String> kinds = new LinkedHashSet<>();
        StringBuilder text = new StringBuilder();
        for (int i = draw.random().nextInt(3); i >= 0; i--) {
            String annotation = draw.in(8)
                    ? fitting(draw.one(List.of("int", "String", "boolean", "List<String>")))
                    : draw.in(3) ? jackson(type) : fitting(type);
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
    String fitting(String type) {
        if (RandomClasses.NUMBERS.contains(type) || (type.startsWith("Optional") && !type.contains("<"))) {
            return draw.one(List.of(
                    "@Min(" + draw.random().nextInt(20) + ") ",
                    "@Max(" + (15 + draw.random().nextInt(200)) + ") ",
                    "@Positive ",
                    "@NegativeOrZero ",
                    "@DecimalMin(\"" + (draw.random().nextInt(100) - 50) / 8.0 + "\") ",
                    "@DecimalMax(value = \"" + draw.random().nextInt(1000) / 10.0 + "\", inclusive = false) ",
                    "@Digits(integer = 2, fraction = 1) ",
                    "@Min(-3000000000L) ",
                    "@PositiveOrZero ",
                    "@NotNull "));
        }
        if (type.equals("String") || type.equals("CharSequence")) {
            return draw.one(List.of(
                    "@Size(max = " + draw.random().nextInt(9) + ") ",
                    "@Size(min = " + draw.random().nextInt(4) + ", max = 30) ",
                    "@NotBlank ",
                    "@NotEmpty ",
                    "@Email ",
                    "@Email @Size(max = " + (10 + draw.random().nextInt(300)) + ") ",
                    "@Pattern(regexp = \"" + draw.one(PATTERNS) + "\") ",
                    "@Pattern(regexp = \"" + draw.one(PATTERNS) + "\", flags = Pattern.Flag.CASE_INSENSITIVE) ",
                    "@NotNull "));
        }
        if (type.startsWith("boolean") || type.startsWith("Boolean")) {
            return "@AssertTrue ";
        }
        if (RandomClasses.DATES.contains(type)) {
            return draw.one(List.of("@Past ", "@FutureOrPresent ", "@NotNull "));
        }
        return draw.one(List.of("@Size(max = " + draw.random().nextInt(4) + ") ", "@NotEmpty ", "@NotNull "));
    }

    private String jackson(String type) {
        if (RandomClasses.DATES.contains(type)) {
            return "@JsonFormat(pattern = \""
                    + draw.one(List.of(
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
                    + "\"" + (draw.in(3) ? ", timezone = \"UTC\"" : "")
                    + ") ";
        }
        return draw.one(List.of(
                "@JsonFormat(shape = JsonFormat.Shape.STRING) ",
                "@JsonFormat(shape = JsonFormat.Shape.NUMBER) ",
                "@JsonFormat(shape = JsonFormat.Shape.ARRAY) ",
                "@JsonPropertyDescription(\"what\") ",
                "@JsonIgnore ",
                "@JsonProperty(\"x" + draw.random().nextInt(99999) + "\") ",
                "@JsonProperty(index = " + draw.random().nextInt(3) + ") ",
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
