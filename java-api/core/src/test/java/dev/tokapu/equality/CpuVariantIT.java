package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Tokapu;
import dev.tokapu.testsupport.ChildJvm;
import dev.tokapu.testsupport.Oracle;
import dev.tokapu.testsupport.Thorough;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each CPU variant of the library in a JVM of its own, since a process loads one only. Those that this machine can run
 * continue a prompt as llama-completion does with the same variant; the others are refused with a message.
 */
@Tag("cpu")
class CpuVariantIT {

    private static final String PROMPT = "The three laws of motion say that";
    private static final int TOKENS = 24;

    static Stream<String> supported() {
        List<String> all = Tokapu.cpuVariants().stream()
                .filter(Tokapu.CpuVariant::supported)
                .map(Tokapu.CpuVariant::name)
                .toList();
        return Thorough.some(all, 6, 2).stream();
    }

    static Stream<String> unsupported() {
        Stream<String> known = Tokapu.cpuVariants().stream()
                .filter(variant -> !variant.supported())
                .map(Tokapu.CpuVariant::name);
        return Thorough.some(Stream.concat(known, Stream.of("nosuchvariant")).toList(), 3, 1).stream();
    }

    @ParameterizedTest
    @MethodSource("supported")
    void greedy_onForcedVariant_equalToLlamaCompletion(String variant) {
        List<String> expected = Answers.texts(
                "variant-" + variant, List.of(PROMPT, TOKENS), Reference.DEFAULT, () -> List.of(ask(variant)));
        ChildJvm.Result run = child(variant);
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).isEqualTo(variant + "\n" + expected.get(0));
    }

    @ParameterizedTest
    @MethodSource("unsupported")
    void load_ofVariantThatCannotRun_isRefused(String variant) {
        ChildJvm.Result run = child(variant);
        assertThat(run.exit()).as(run.out() + run.err()).isEqualTo(VariantChild.REFUSED);
        assertThat(run.out()).contains(variant);
    }

    private static String ask(String variant) {
        Oracle oracle = Oracle.fromSystemProperty().withCpuVariant(variant, Reference.folder());
        return oracle.completionGreedy(Reference.DEFAULT.file(), PROMPT, TOKENS, Reference.THREADS)
                .text();
    }

    private static ChildJvm.Result child(String variant) {
        return new ChildJvm(VariantChild.class)
                .option("-Dtokapu.cpu=" + variant)
                .option("-XX:-CreateCoredumpOnCrash")
                .run(Reference.DEFAULT.file().toString(), Integer.toString(TOKENS), PROMPT);
    }
}
