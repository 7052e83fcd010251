package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.sampling.GrammarDriver;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.testsupport.Thorough;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * For random classes with random annotations: {@code of} refuses with a path, or every text of the grammar is read, and every
 * value that was read is written so that the grammar and {@code parse} take it. {@code -Dtokapu.test.classes=10000} tries that
 * many, {@code -Dtokapu.test.seed} others.
 */
@Tag("checkout") // compiles Java
class RandomClassesIT {

    private static final int CLASSES = Integer.getInteger("tokapu.test.classes", Thorough.cases(300, 150, 50));
    private static final long SEED = Long.getLong("tokapu.test.seed", 151128);
    private static final int BATCH = 300;
    private static final int TEXTS = 3;
    private static final int LIMIT = 20_000;

    private final List<String> failures = new ArrayList<>();
    private int taken;
    private int refused;
    private int texts;

    @Test
    @Timeout(7200)
    void of_randomClasses_refusesOrAgrees(@TempDir Path folder) throws Exception {
        try (Model model = TestModels.tiny()) {
            GrammarDriver driver = new GrammarDriver(model);
            for (int done = 0; done < CLASSES; done += BATCH) {
                long seed = SEED + done;
                Path batch = Files.createDirectory(folder.resolve("batch" + done));
                RandomClasses classes = new RandomClasses(seed);
                String source = classes.source(Math.min(BATCH, CLASSES - done));
                GrammarWalk walk = new GrammarWalk(model, seed);
                Random random = new Random(seed);
                for (Class<?> type : RandomTypes.compile(source, classes.names(), batch)) {
                    try {
                        check(type, walk, driver, random);
                    } catch (Exception | AssertionError | StackOverflowError e) {
                        failures.add("seed " + seed + " " + type.getSimpleName() + ": " + e);
                    }
                }
            }
        }
        System.out.printf(
                "%d classes of seed %d: %d taken, %d refused, %d texts, %d failures%n",
                taken + refused, SEED, taken, refused, texts, failures.size());
        assertThat(failures).isEmpty();
        assertThat(taken).isGreaterThan(CLASSES / 5);
    }

    private void check(Class<?> type, GrammarWalk walk, GrammarDriver driver, Random random) {
        StructuredType<?> structured;
        try {
            structured = StructuredType.of(type);
        } catch (IllegalArgumentException e) {
            refused++;
            assertThat(e.getMessage()).startsWith(type.getSimpleName()).containsPattern("cannot (be expressed|read)");
            return;
        }
        taken++;
        checkTexts(structured, walk, driver, random);
    }

    private <T> void checkTexts(StructuredType<T> type, GrammarWalk walk, GrammarDriver driver, Random random) {
        try (SamplerChain chain = walk.chain(type.grammar())) {
            for (int i = 0; i < TEXTS; i++) {
                String text = walk.draw(chain, random.nextInt(60), LIMIT);
                texts++;
                T value = type.parse(text);
                String written = type.write(value);
                assertThat(driver.accepts(chain, written))
                        .as("the grammar of %s takes %s", type.schema(), written)
                        .isTrue();
                assertThat(type.write(type.parse(written))).as(type.schema()).isEqualTo(written);
            }
        }
    }
}
