package dev.tokapu.examples.jshell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("ffm")
class JShellIT {

    @TempDir
    private Path directory;

    @Test
    void script_withTheJarsOnTheClassPath_answers() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jshell").toString());
        command.addAll(List.of("--class-path", System.getProperty("surefire.test.class.path")));
        command.add("-R-Dtokapu.binding=" + System.getProperty("tokapu.binding"));
        if (Runtime.version().feature() >= 22) {
            command.add("-R--enable-native-access=ALL-UNNAMED");
        }
        command.add("tokapu.jsh");
        Path input = Files.writeString(directory.resolve("in"), "chat.close()\nmodel.close()\n/exit\n");
        Path output = directory.resolve("out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        String seen = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(seen).isZero();
        assertThat(seen).contains("llama", "[19556, 28, 905, 17]").doesNotContain("|  Error", "|  Exception");
    }
}
