package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.testsupport.LogCapture;
import dev.tokapu.testsupport.TinyGguf;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

class LogIT {

    @TempDir
    Path folder;

    @Test
    void load_goodModel_linesReachLoggerWhole() {
        try (LogCapture log = LogCapture.start()) {
            TestModels.tiny().close();
            List<LogCapture.Line> lines = log.lines().stream()
                    .filter(line -> line.logger().equals("llama.cpp"))
                    .toList();
            assertThat(lines).hasSizeGreaterThan(10);
            assertThat(lines)
                    .anyMatch(
                            line -> line.level() == Level.INFO && line.message().contains("general.name"));
            assertThat(lines)
                    .allSatisfy(line -> assertThat(line.message()).doesNotContain("\n"))
                    .noneMatch(line -> line.level() == Level.ERROR);
        }
    }

    @Test
    void load_badModel_errorsReachLogger() {
        Path file = TinyGguf.write(folder.resolve("garbage.gguf"), TinyGguf.garbage(1000));
        try (LogCapture log = LogCapture.start()) {
            assertThatExceptionOfType(ModelLoadException.class).isThrownBy(() -> Model.load(file));
            assertThat(log.lines()).anyMatch(line -> line.logger().equals("llama.cpp") && line.level() == Level.ERROR);
        }
    }

    /** A JVM of its own, so that also what native code writes to the descriptors is seen. */
    @Test
    void everything_inOwnJvm_printsNothing() throws IOException, InterruptedException {
        File out = folder.resolve("out.txt").toFile();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(java);
        if (Runtime.version().feature() >= 22) {
            builder.command().add("--enable-native-access=ALL-UNNAMED");
        }
        for (String name : List.of("tokapu.binding", "tokapu.native.dir", "tokapu.cache.dir", "tokapu.cpu")) {
            String value = System.getProperty(name);
            if (value != null) {
                builder.command().add("-D" + name + "=" + value);
            }
        }
        builder.command().addAll(List.of("-cp", System.getProperty("java.class.path"), Quiet.class.getName()));
        builder.command().add(TestModels.tinyFile().toString());
        builder.command()
                .add(TinyGguf.write(folder.resolve("garbage.gguf"), TinyGguf.garbage(1000))
                        .toString());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.redirectErrorStream(true).redirectOutput(out).start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(out).isEmpty();
        assertThat(process.exitValue()).isZero();
    }

    /** Loads, decodes and fails to load; leaves a model open at the end, which must not keep the JVM alive. */
    static final class Quiet {

        private Quiet() {}

        public static void main(String[] arguments) {
            Model model = Model.load(Path.of(arguments[0]));
            try (Context context = model.newContext(TestModels.small().build())) {
                context.decode(new Batch(3).addAll(new int[] {3, 4, 5}, 0, 0));
            }
            try {
                Model.load(Path.of(arguments[1])).close();
            } catch (ModelLoadException e) {
                return;
            }
            throw new AssertionError("garbage was loaded");
        }
    }
}
