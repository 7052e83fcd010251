package dev.tokapu.raw;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A C++ program that prints what the pinned headers say about everything that {@link Generated} binds. */
final class Probe {

    private Probe() {}

    /**
     * Writes, compiles and runs the program.
     *
     * @param llama the llama.cpp source tree
     * @param work where the program may lie
     * @return the value of each {@code kind name}
     */
    static Map<String, String> run(Path llama, Path work) throws IOException, InterruptedException {
        Files.createDirectories(work);
        try (InputStream header = Probe.class.getResourceAsStream("probe.h")) {
            Files.write(work.resolve("probe.h"), header.readAllBytes());
        }
        Path source = Files.writeString(work.resolve("probe.cpp"), program());
        Path binary = work.resolve("probe");
        execute(List.of(
                "c++",
                "-std=c++17",
                "-O0",
                "-w",
                "-c",
                "-I" + llama.resolve("include"),
                "-I" + llama.resolve("ggml/include"),
                "-I" + llama.resolve("tools/mtmd"),
                source.toString(),
                "-o",
                binary + ".o"));
        execute(List.of("c++", binary + ".o", "-o", binary.toString()));
        Map<String, String> facts = new TreeMap<>();
        for (String line : execute(List.of(binary.toString())).lines().toList()) {
            String[] parts = line.split("\t", 3);
            facts.put(parts[0] + ' ' + parts[1], parts[2]);
        }
        return facts;
    }

    private static String program() {
        StringBuilder main = new StringBuilder("#include \"probe.h\"\nint main() {\n");
        Generated.functions().keySet().forEach(name -> line(main, "FUNCTION", name));
        Generated.callbacks().keySet().forEach(name -> line(main, "CALLBACK", name));
        Generated.constants().keySet().forEach(name -> line(main, "CONSTANT", name));
        Generated.structs().forEach((name, type) -> {
            line(main, "STRUCT", name);
            Generated.fields(type).forEach(field -> line(main, "FIELD", name + ", " + field));
        });
        return main.append("}\n").toString();
    }

    private static void line(StringBuilder main, String macro, String arguments) {
        main.append("    ").append(macro).append('(').append(arguments).append(");\n");
    }

    private static String execute(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + "\n" + output);
        }
        return output;
    }
}
