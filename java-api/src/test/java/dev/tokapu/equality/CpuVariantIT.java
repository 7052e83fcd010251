package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Tokapu;
import dev.tokapu.testsupport.Oracle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each CPU variant of the library in a JVM of its own, since a process loads one only. Those that this machine can run
 * continue a prompt as llama-completion does with the same variant; the others are refused with a message.
 */
class CpuVariantIT {

    private static final String PROMPT = "The three laws of motion say that";
    private static final int TOKENS = 24;
    private static final int TIMEOUT_SECONDS = 120;

    private record Run(int exit, String output) {}

    static Stream<String> supported() {
        return Tokapu.cpuVariants().stream()
                .filter(Tokapu.CpuVariant::supported)
                .map(Tokapu.CpuVariant::name);
    }

    static Stream<String> unsupported() {
        Stream<String> known = Tokapu.cpuVariants().stream()
                .filter(variant -> !variant.supported())
                .map(Tokapu.CpuVariant::name);
        return Stream.concat(known, Stream.of("nosuchvariant"));
    }

    @ParameterizedTest
    @MethodSource("supported")
    void greedy_onForcedVariant_equalToLlamaCompletion(String variant) throws Exception {
        List<String> expected = Answers.texts(
                "variant-" + variant, List.of(PROMPT, TOKENS), Reference.DEFAULT, () -> List.of(ask(variant)));
        Run run = child(variant);
        assertThat(run.exit).as(run.output).isZero();
        assertThat(run.output).isEqualTo(variant + "\n" + expected.get(0));
    }

    @ParameterizedTest
    @MethodSource("unsupported")
    void load_ofVariantThatCannotRun_isRefused(String variant) throws Exception {
        Run run = child(variant);
        assertThat(run.exit).as(run.output).isEqualTo(VariantChild.REFUSED);
        assertThat(run.output).contains(variant);
    }

    private static String ask(String variant) {
        Oracle oracle = Oracle.fromSystemProperty().withCpuVariant(variant, Reference.folder());
        return oracle.completionGreedy(Reference.DEFAULT.file(), PROMPT, TOKENS, Reference.THREADS)
                .text();
    }

    private static Run child(String variant) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("tokapu.") && !name.equals("tokapu.cpu"))
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.addAll(List.of("-Dtokapu.cpu=" + variant, "-XX:-CreateCoredumpOnCrash", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), VariantChild.class.getName()));
        command.addAll(List.of(Reference.DEFAULT.file().toString(), Integer.toString(TOKENS), PROMPT));
        Path stdout = Files.createTempFile("variant", ".out");
        Process process = new ProcessBuilder(command)
                .redirectOutput(stdout.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS))
                    .as("ended in time")
                    .isTrue();
            return new Run(process.exitValue(), Files.readString(stdout, StandardCharsets.UTF_8));
        } finally {
            process.destroyForcibly();
            Files.delete(stdout);
        }
    }
}
