package dev.tokapu.raw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.FunctionDescriptor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Compares the generated bindings with the headers of the pinned release, as a C++ compiler sees them, and its libraries. */
class RawDriftIT {

    private static final Path SOURCE_PATH =
            Path.of(System.getProperty("tokapu.root"), "native/target/llama-source.path");
    private static final Path TARGET = Path.of(System.getProperty("tokapu.target.dir"));
    private static final List<String> HEADERS =
            List.of("include/llama.h", "ggml/include/ggml-backend.h", "ggml/include/gguf.h", "tools/mtmd/mtmd.h");

    private static Path llama;
    private static Map<String, String> facts;

    @BeforeAll
    static void probe() throws Exception {
        llama = Path.of(Files.readString(SOURCE_PATH).strip());
        facts = Probe.run(llama, TARGET.resolve("probe"));
    }

    @Test
    void functions_everyGeneratedOne_isInTheLibraries() {
        List<String> missing = new ArrayList<>();
        for (String name : Generated.functions().keySet()) {
            try {
                if (Generated.address(name).address() == 0) {
                    missing.add(name);
                }
            } catch (LinkageError e) {
                missing.add(name);
            }
        }

        assertThat(missing).isEmpty();
    }

    @Test
    void functions_signatures_areTheHeaders() {
        Map<String, String> expected = new TreeMap<>();
        Generated.functions().forEach((name, type) -> expected.put("function " + name, Signature.of(type)));

        assertSame(expected, of("function "));
    }

    @Test
    void callbacks_signatures_areTheHeaders() {
        Map<String, String> expected = new TreeMap<>();
        for (Map.Entry<String, FunctionDescriptor> callback :
                Generated.callbacks().entrySet()) {
            expected.put("callback " + callback.getKey(), Signature.of(callback.getValue()));
        }

        assertSame(expected, of("callback "));
    }

    @Test
    void constants_values_areTheHeaders() {
        Map<String, String> java = new TreeMap<>();
        Map<String, String> c = new TreeMap<>();
        Generated.constants().forEach((name, value) -> {
            String fact = facts.get("constant " + name);
            java.put(name, text(value));
            c.put(name, value instanceof Integer ? String.valueOf((int) Long.parseLong(fact)) : fact);
        });

        assertSame(java, c);
    }

    @Test
    void structs_sizesAndOffsets_areTheHeaders() {
        Map<String, String> expected = new TreeMap<>();
        Generated.structs().forEach((name, type) -> {
            expected.put("struct " + name, String.valueOf(Generated.layout(type).byteSize()));
            for (String field : Generated.fields(type)) {
                expected.put(
                        "field " + name + '.' + field,
                        Generated.offset(type, field) + "+" + Generated.size(type, field));
            }
        });
        Map<String, String> actual = of("struct ");
        actual.putAll(of("field "));

        assertSame(expected, actual);
    }

    @Test
    void headers_everyFunction_isBoundOrExcludedWithAReason() throws IOException {
        Set<String> bound = Generated.functions().keySet();
        Map<String, String> excluded = exclusions();
        StringBuilder report = new StringBuilder();
        Set<String> declared = new TreeSet<>();
        Set<String> forgotten = new TreeSet<>();
        for (String header : HEADERS) {
            Set<String> functions = Headers.functions(llama.resolve(header));
            declared.addAll(functions);
            Set<String> missing = new TreeSet<>(functions);
            missing.removeAll(bound);
            report.append("%-30s %4d functions, %4d bound%n"
                    .formatted(header, functions.size(), functions.size() - missing.size()));
            missing.removeAll(excluded.keySet());
            forgotten.addAll(missing);
        }
        report.append("%-30s %4d bound because those need them%n"
                .formatted(
                        "other headers",
                        bound.stream().filter(n -> !declared.contains(n)).count()));
        excluded.forEach((name, reason) -> report.append("left out: ")
                .append(name)
                .append(", ")
                .append(reason)
                .append(System.lineSeparator()));
        report.append("checked against the headers: %d functions, %d callbacks, %d structs, %d fields, %d constants%n"
                .formatted(
                        of("function ").size(),
                        of("callback ").size(),
                        of("struct ").size(),
                        of("field ").size(),
                        of("constant ").size()));
        Files.writeString(TARGET.resolve("coverage.txt"), report);

        assertThat(forgotten).isEmpty();
        assertThat(excluded).allSatisfy((name, reason) -> {
            assertThat(declared).contains(name);
            assertThat(bound).doesNotContain(name);
            assertThat(reason).isNotBlank();
        });
    }

    /** Fails with the entries that differ, not with hundreds of equal ones. */
    private static void assertSame(Map<String, String> java, Map<String, String> headers) {
        List<String> differences = new ArrayList<>();
        Set<String> names = new TreeSet<>(java.keySet());
        names.addAll(headers.keySet());
        for (String name : names) {
            if (!Objects.equals(java.get(name), headers.get(name))) {
                differences.add(name + " is " + java.get(name) + " in Java and " + headers.get(name) + " in C");
            }
        }
        assertThat(names).isNotEmpty();
        assertThat(differences).isEmpty();
    }

    private static Map<String, String> of(String kind) {
        Map<String, String> found = new TreeMap<>(facts);
        found.keySet().removeIf(key -> !key.startsWith(kind));
        return found;
    }

    private static String text(Object value) {
        return value instanceof Float || value instanceof Double
                ? Double.toHexString(((Number) value).doubleValue())
                : value.toString();
    }

    private static Map<String, String> exclusions() throws IOException {
        Map<String, String> exclusions = new TreeMap<>();
        try (InputStream in = RawDriftIT.class.getResourceAsStream("exclusions.txt")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> exclusions.put(
                            line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1)));
        }
        return exclusions;
    }
}
