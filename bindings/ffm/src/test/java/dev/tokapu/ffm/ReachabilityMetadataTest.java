package dev.tokapu.ffm;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What GraalVM's native-image has to know of this binding: the types of all C functions that are called and that call, and the
 * methods that are found by their names. Computed from the sources; the file in the jar has to be equal.
 */
class ReachabilityMetadataTest {

    private static final String FILE = "META-INF/native-image/dev.tokapu/tokapu-ffm/reachability-metadata.json";
    private static final Path GENERATED = Path.of("src/gen/java/dev/tokapu/ffm/gen");
    private static final Path SOURCES = Path.of("src/main/java/dev/tokapu/ffm");
    private static final Pattern DESCRIPTOR = Pattern.compile("FunctionDescriptor\\.(of|ofVoid)\\(([^)]*)\\)");
    private static final Pattern STUB = Pattern.compile("WeakUpcall\\.stub\\((\\w+)\\.class, \"(\\w+)\"");
    private static final Map<String, String> TYPES = Map.of(
            "C_CHAR",
            "jbyte",
            "C_INT",
            "jint",
            "C_LONG",
            "jlong",
            "C_FLOAT",
            "jfloat",
            "C_DOUBLE",
            "jdouble",
            "C_POINTER",
            "void*");

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private static List<Path> sources(Path folder, String end) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
        }
    }

    private static Set<String> functions(Path file) throws IOException {
        Set<String> functions = new TreeSet<>();
        Matcher descriptor = DESCRIPTOR.matcher(read(file));
        while (descriptor.find()) {
            List<String> types = Arrays.stream(descriptor.group(2).split(","))
                    .map(String::strip)
                    .filter(text -> !text.isEmpty())
                    .map(text -> '"' + TYPES.get(text.substring(text.lastIndexOf('.') + 1)) + '"')
                    .toList();
            boolean answers = descriptor.group(1).equals("of");
            functions.add("      {\"returnType\": " + (answers ? types.get(0) : "\"void\"") + ", \"parameterTypes\": ["
                    + String.join(", ", answers ? types.subList(1, types.size()) : types) + "]}");
        }
        return functions;
    }

    /** A method that is found by its name, with the types that its class tells. */
    private static String method(String type, String name) throws ReflectiveOperationException {
        Class<?> found = Class.forName(type, false, ReachabilityMetadataTest.class.getClassLoader());
        Class<?>[] parameters = Arrays.stream(found.getDeclaredMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow()
                .getParameterTypes();
        return "    {\"type\": \"" + type + "\", \"methods\": [{\"name\": \"" + name + "\", \"parameterTypes\": ["
                + Arrays.stream(parameters)
                        .map(parameter -> '"' + parameter.getName() + '"')
                        .collect(joining(", ")) + "]}]}";
    }

    private static String expected() throws IOException, ReflectiveOperationException {
        Set<String> down = new TreeSet<>(functions(GENERATED.resolve("TokapuH.java")));
        Set<String> up = new TreeSet<>();
        List<String> methods = new ArrayList<>();
        methods.add(
                "    {\"type\": \"dev.tokapu.ffm.FfmLoader\", \"methods\": [{\"name\": \"<init>\", \"parameterTypes\": []}]}");
        methods.add(method("java.lang.ref.Reference", "get"));
        methods.add(method("java.util.Objects", "isNull"));
        for (Path callback : sources(GENERATED, "_callback.java")) {
            up.addAll(functions(callback));
            String name = callback.getFileName().toString().replace(".java", "");
            methods.add(method("dev.tokapu.ffm.gen." + name + "$Function", "apply"));
        }
        // The generated classes of callbacks make handles for calls in both directions.
        down.addAll(up);
        for (Path source : sources(SOURCES, "Upcall.java")) {
            Matcher stub = STUB.matcher(read(source).replaceAll("\\s+", " ").replace("stub( ", "stub("));
            while (stub.find()) {
                methods.add(method("dev.tokapu.ffm." + stub.group(1), stub.group(2)));
            }
        }
        return "{\n  \"reflection\": [\n" + String.join(",\n", methods)
                + "\n  ],\n  \"foreign\": {\n    \"downcalls\": [\n" + String.join(",\n", down)
                + "\n    ],\n    \"upcalls\": [\n" + String.join(",\n", up) + "\n    ]\n  }\n}\n";
    }

    @Test
    void metadata_inTheJar_isThatOfTheSources() throws Exception {
        String expected = expected();
        Path written = Path.of("target", "reachability-metadata.json");
        Files.writeString(written, expected);
        assertThat(expected).doesNotContain("null").contains("\"line\"", "\"progress\"", "\"event\"");
        try (InputStream in = ReachabilityMetadataTest.class.getClassLoader().getResourceAsStream(FILE)) {
            assertThat(in)
                    .as("bindings/ffm/src/main/resources/%s; copy %s there", FILE, written)
                    .isNotNull();
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .as("copy bindings/ffm/%s to src/main/resources/%s", written, FILE)
                    .isEqualTo(expected);
        }
    }
}
