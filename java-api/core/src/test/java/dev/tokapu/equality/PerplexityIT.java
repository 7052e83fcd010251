package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.completion.Perplexity;
import dev.tokapu.testsupport.Corpus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@link Perplexity} of a text, compared with what llama-perplexity prints.
 */
class PerplexityIT {

    @ParameterizedTest
    @CsvSource({"DEFAULT, 128, 2500", "TINY, 128, 4900"})
    void perplexity_ofProse_equalToLlamaPerplexity(Reference reference, int chunkSize, int characters) {
        String text = Corpus.prose().substring(0, characters);
        List<String> expected = Answers.texts(
                "perplexity-" + chunkSize, List.of(text), reference, () -> List.of(ask(reference, text, chunkSize)));
        try (Model model = reference.load()) {
            assertThat(estimate(model, text, chunkSize)).isEqualTo(expected.get(0));
        }
    }

    private static String ask(Reference reference, String text, int chunkSize) {
        try {
            Path file = Files.writeString(Files.createTempFile("prose", ".txt"), text);
            String answer = Reference.oracle().perplexity(reference.file(), file, chunkSize, Reference.THREADS);
            Files.delete(file);
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String estimate(Model model, String text, int chunkSize) {
        ContextOptions options = ContextOptions.builder()
                .threads(Reference.THREADS)
                .batchThreads(Reference.THREADS)
                .build();
        Perplexity perplexity = Perplexity.of(model, text, chunkSize, options);
        return String.format(Locale.ROOT, "%.4f +/- %.5f", perplexity.value(), perplexity.error());
    }
}
