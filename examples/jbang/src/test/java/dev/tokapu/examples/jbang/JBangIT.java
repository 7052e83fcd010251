package dev.tokapu.examples.jbang;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("ffm")
class JBangIT {

    private static final Path FILE = Path.of("Ask.java");

    @TempDir
    private Path directory;

    /** JBang adds the jars that the file names, and starts Java as is done here. */
    @Test
    void file_withTheJarsOnTheClassPath_answers() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("surefire.test.class.path")));
        command.add("-Dtokapu.binding=" + System.getProperty("tokapu.binding"));
        Matcher options = Pattern.compile("(?m)^//RUNTIME_OPTIONS (.*)$").matcher(Files.readString(FILE));
        assertThat(options.find()).isTrue();
        if (Runtime.version().feature() >= 22) {
            command.add(options.group(1));
        }
        command.addAll(List.of(FILE.toString(), "What", "is", "2+2?"));
        Path output = directory.resolve("out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        String seen = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(seen).isZero();
        assertThat(seen.strip()).isNotEmpty();
    }

    @Test
    void catalog_namesTheFile() throws Exception {
        String catalog = Files.readString(Path.of("../../jbang-catalog.json"));
        assertThat(Pattern.compile("\"script-ref\": \"(.*?)\"").matcher(catalog).results())
                .extracting(match -> Path.of("../..").resolve(match.group(1)).toRealPath())
                .containsExactly(FILE.toRealPath());
    }

    @Test
    void dependencies_ofTheFile_areOfThisVersion() throws Exception {
        Matcher version = Pattern.compile("<version>(.*?)</version>").matcher(Files.readString(Path.of("../pom.xml")));
        assertThat(version.find()).isTrue();
        List<String> dependencies = Files.readAllLines(FILE).stream()
                .filter(line -> line.startsWith("//DEPS "))
                .toList();
        assertThat(dependencies)
                .isNotEmpty()
                .allMatch(line ->
                        line.matches("//DEPS dev\\.tokapu:[a-z0-9-]+:" + Pattern.quote(version.group(1)) + "(@pom)?"));
    }
}
