package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.TestModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who asks for no value pays nothing for it: the libraries behind typed answers are not loaded by a plain chat. */
class LazyLoadingIT {

    @Test
    void send_plainChat_loadsNothingOfTypedAnswers(@TempDir Path folder) throws Exception {
        Path log = folder.resolve("classes.txt");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("tokapu."))
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.addAll(List.of("-Xlog:class+load:file=" + log, "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(PlainChat.class.getName(), TestModels.tinyFile().toString()));
        Process process = new ProcessBuilder(command).inheritIO().start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readAllLines(log))
                .anyMatch(line -> line.contains("dev.tokapu.chat.ChatSession "))
                .noneMatch(line -> line.contains("com.fasterxml.jackson.databind"))
                .noneMatch(line -> line.contains("networknt"))
                .noneMatch(line -> line.contains("dev.tokapu.structured.StructuredType"));
    }
}
