package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every block of Java and Kotlin in README.md, docs/ and the Javadoc compiles. A mark in front of a block says where its code is from:
 * {@code <!-- FILE REGION -->} for a region of a file, {@code <!-- NAME -->} for any file of examples/NAME. A block of Java without a
 * mark is compiled here; Kotlin has the mark of a region, and Python may have one.
 */
class DocsTest {

    private static final List<String> MODULES = List.of("core", "structured", "hub", "engine");
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Pattern BLOCK = Pattern.compile(
            "(?:<!-- (\\S+?)(?: (\\S+))? -->\n)?```(?:java|kotlin|(?<=-->\n```)python)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern JAVADOC =
            Pattern.compile("^ *\\* <pre>\\{@code\n(.*?)^ *\\* \\}</pre>", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern EXPORT = Pattern.compile("^ *exports (\\S+);", Pattern.MULTILINE);

    /** What the text around a block introduces. */
    private static final String VARIABLES = """
            Model model;
            Context context;
            ChatSession chat;
            Engine engine;
            Path path, part1, part2;
            int fd;
            long offset, size;
            List<ChatMessage> messages;
            List<ToolDefinition> tools;
            BitSet digits;
            io.micrometer.core.instrument.MeterRegistry registry;
            io.opentelemetry.api.OpenTelemetry openTelemetry;
            record City(String name, int inhabitants) {}
            """;

    /** A block of code, and where it is. */
    private record Block(String place, String file, String region, String code) {

        boolean marked() {
            return file != null;
        }

        boolean ofRegion() {
            return region != null;
        }
    }

    @TempDir
    private Path classes;

    @Test
    void blocks_ofRegions_areTheCodeThere() throws IOException {
        List<String> found = new ArrayList<>();
        for (Block block : pages()) {
            if (block.ofRegion()) {
                assertThat(block.code())
                        .as("%s, %s of %s", block.place(), block.region(), block.file())
                        .isEqualTo(region(Files.readString(ROOT.resolve(block.file())), block.region()));
                found.add(block.region());
            }
        }
        assertThat(found).contains("fork", "session", "lora");
    }

    @Test
    void blocks_ofExamples_areInTheExample() throws IOException {
        for (Block block : pages()) {
            if (block.marked() && !block.ofRegion()) {
                Path sources = ROOT.resolve("examples/" + block.file() + "/src/main/java");
                assertThat(sources).as(block.place()).isDirectory();
                assertThat(javaFiles(sources))
                        .as(block.place())
                        .anySatisfy(file -> assertThat(withoutIndentation(Files.readString(file)))
                                .contains(withoutIndentation(block.code())));
            }
        }
    }

    @Test
    void blocks_withoutMark_compile() throws IOException {
        List<Block> blocks = Stream.concat(pages().stream(), javadoc().stream())
                .filter(block -> !block.marked())
                .toList();
        assertThat(blocks).hasSizeGreaterThan(10);
        assertThat(errors(blocks)).isEmpty();
    }

    @Test
    void compiler_blockWithUnknownMethod_isAnError() throws IOException {
        assertThat(errors(List.of(new Block("here", null, null, "model.noSuchMethod();"))))
                .singleElement()
                .asString()
                .contains("here", "noSuchMethod");
    }

    private static List<Block> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        List<Block> blocks = new ArrayList<>();
        for (Path page : pages) {
            String text = Files.readString(page);
            Matcher block = BLOCK.matcher(text);
            while (block.find()) {
                blocks.add(new Block(place(page, text, block), block.group(1), block.group(2), block.group(3)));
            }
        }
        return blocks;
    }

    private static List<Block> javadoc() throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (String module : MODULES) {
            for (Path file : javaFiles(ROOT.resolve("java-api/" + module + "/src/main/java"))) {
                String text = Files.readString(file);
                Matcher block = JAVADOC.matcher(text);
                while (block.find()) {
                    String code = block.group(1).replaceAll("(?m)^ *\\* ?", "");
                    blocks.add(new Block(place(file, text, block), null, null, code));
                }
            }
        }
        return blocks;
    }

    private static String place(Path file, String text, Matcher block) {
        long line = text.substring(0, block.start()).lines().count() + 1;
        return ROOT.relativize(file) + ":" + line;
    }

    /** What the compiler says of blocks, each the body of a method in a class of its own. */
    private List<String> errors(List<Block> blocks) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        String imports = imports();
        List<Source> sources = new ArrayList<>();
        for (Block block : blocks) {
            sources.add(new Source("Block" + sources.size(), block, imports));
        }
        List<String> options = List.of(
                "-proc:none",
                "--release",
                "17",
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path"));
        compiler.getTask(null, null, diagnostics, options, null, sources).call();
        return diagnostics.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(diagnostic -> (diagnostic.getSource() instanceof Source source ? source.block.place() : "?") + ": "
                        + diagnostic.getMessage(Locale.ROOT))
                .toList();
    }

    private static String imports() throws IOException {
        List<String> packages = new ArrayList<>(List.of("java.nio.file", "java.time", "java.util"));
        for (String module : MODULES) {
            String info = Files.readString(ROOT.resolve("java-api/" + module + "/src/main/java/module-info.java"));
            EXPORT.matcher(info).results().map(export -> export.group(1)).forEach(packages::add);
        }
        return packages.stream().map(name -> "import " + name + ".*;\n").collect(Collectors.joining());
    }

    private static List<Path> javaFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }

    private static String region(String code, String name) {
        String start = "@start region=\"" + name + "\"\n";
        int from = code.indexOf(start);
        assertThat(from).as("region " + name).isNotNegative();
        String body = code.substring(from + start.length(), code.indexOf("@end", from));
        return body.substring(0, body.lastIndexOf('\n')).stripIndent() + "\n";
    }

    private static String withoutIndentation(String code) {
        return code.lines().map(String::strip).filter(line -> !line.isEmpty()).collect(Collectors.joining(" "));
    }

    private static final class Source extends SimpleJavaFileObject {

        private final Block block;
        private final String text;

        Source(String name, Block block, String imports) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.block = block;
            this.text = "%sclass %s { %s void block() throws Exception { %s } }"
                    .formatted(imports, name, VARIABLES, block.code());
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
