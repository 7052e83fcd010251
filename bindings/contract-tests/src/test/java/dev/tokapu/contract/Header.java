package dev.tokapu.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code tokapu.h} of this repository declares. */
final class Header {

    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern HEADING = Pattern.compile("/\\* --- ");
    private static final Pattern FUNCTION = Pattern.compile("TOKAPU_API\\s+int32_t\\s+(tokapu_\\w+)\\(([^)]*)\\);");
    private static final Pattern ENUM = Pattern.compile("enum\\s+(\\w+)\\s*\\{([^}]*)}");
    private static final Pattern CONSTANT = Pattern.compile("\\bTOKAPU_\\w+");

    private Header() {}

    static Path directory() {
        return Path.of(System.getProperty("tokapu.root")).resolve("native/include");
    }

    private static String source() {
        try {
            return Files.readString(directory().resolve("tokapu.h"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text() {
        return COMMENT.matcher(source()).replaceAll(" ");
    }

    /** Names of the functions between a heading and the next one. */
    static Set<String> functionsUnder(String heading) {
        String[] parts = HEADING.split(source(), -1);
        Set<String> names = new TreeSet<>();
        for (String part : parts) {
            if (part.startsWith(heading + " -")) {
                Matcher matcher = FUNCTION.matcher(COMMENT.matcher("/* " + part).replaceAll(" "));
                while (matcher.find()) {
                    names.add(matcher.group(1));
                }
            }
        }
        return names;
    }

    /** Names of functions with the C types of their parameters: {@code int}, {@code long}, {@code float}, {@code pointer}. */
    static Map<String, List<String>> functions() {
        Map<String, List<String>> functions = new LinkedHashMap<>();
        Matcher matcher = FUNCTION.matcher(text());
        while (matcher.find()) {
            List<String> types = new ArrayList<>();
            for (String parameter : matcher.group(2).split(",", -1)) {
                if (!parameter.strip().equals("void")) {
                    types.add(type(parameter.strip()));
                }
            }
            functions.put(matcher.group(1), types);
        }
        return functions;
    }

    private static String type(String parameter) {
        if (parameter.contains("*") || parameter.contains("_callback")) {
            return "pointer";
        }
        String type = parameter.substring(0, parameter.indexOf(' '));
        return switch (type) {
            case "int32_t" -> "int";
            case "int64_t" -> "long";
            default -> type;
        };
    }

    /** Names of constants: of the enums and the ABI version. */
    static Set<String> constants() {
        Set<String> names = new TreeSet<>();
        names.add("TOKAPU_ABI_VERSION");
        enums().values().forEach(names::addAll);
        return names;
    }

    /** The constants of each enum. */
    static Map<String, List<String>> enums() {
        Map<String, List<String>> enums = new LinkedHashMap<>();
        Matcher matcher = ENUM.matcher(text());
        while (matcher.find()) {
            List<String> names = CONSTANT.matcher(matcher.group(2))
                    .results()
                    .map(MatchResult::group)
                    .toList();
            enums.put(matcher.group(1), names);
        }
        return enums;
    }
}
