package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.source.ModelSource;
import dev.tokapu.testsupport.AllocationMeter;
import dev.tokapu.testsupport.ChildJvm;
import dev.tokapu.testsupport.LogCapture;
import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

class LogIT {

    private static final int CALLS = 400;

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
        ModelOptions untried = ModelOptions.builder().trial(FileTrial.NONE).build(); // llama.cpp itself refuses it
        try (LogCapture log = LogCapture.start()) {
            assertThatExceptionOfType(ModelLoadException.class)
                    .isThrownBy(() -> Model.load(ModelSource.file(file), untried));
            assertThat(log.lines()).anyMatch(line -> line.logger().equals("llama.cpp") && line.level() == Level.ERROR);
        }
    }

    /** Some lines are written for each token, that of CUDA's graphs for example, here one for each call. */
    @Test
    void debugLines_levelIsOff_costNothing() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            long bytes = AllocationMeter.leastBytes(CALLS - 1, () -> callOften(context));
            assertThat(bytes).as("bytes in %d calls, once compiled", CALLS).isLessThan(CALLS);
        }
    }

    @Test
    void debugLines_levelIsOn_areLogged() {
        try (LogCapture log = LogCapture.start();
                Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            callOften(context);
            assertThat(log.lines().stream()
                            .filter(line -> line.level() == Level.DEBUG
                                    && line.message().startsWith("set_causal_attn:")))
                    .hasSizeGreaterThanOrEqualTo(CALLS);
        }
    }

    private static void callOften(Context context) {
        for (int i = 0; i < CALLS; i++) {
            context.setCausalAttention(i % 2 == 0);
        }
    }

    /** A JVM of its own, so that also what native code writes to the descriptors is seen. */
    @Test
    void everything_inOwnJvm_printsNothing() {
        Path garbage = TinyGguf.write(folder.resolve("garbage.gguf"), TinyGguf.garbage(1000));
        ChildJvm.Result result =
                new ChildJvm(Quiet.class).run(TestModels.tinyFile().toString(), garbage.toString());
        assertThat(result.out() + result.err()).isEmpty();
        assertThat(result.exit()).isZero();
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
