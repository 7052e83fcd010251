package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Model;
import dev.tokapu.Vocab;
import dev.tokapu.completion.Perplexity;
import dev.tokapu.internal.text.ChunkedText;
import dev.tokapu.internal.util.LogSoftmax;
import dev.tokapu.testsupport.Corpus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** More chunks than a context has sequences; each alone comes to the same. */
    @ParameterizedTest
    @ValueSource(ints = {3, 7})
    void perplexity_ofSmallChunks_isThatOfEachChunkAlone(int chunkSize) {
        String text = Corpus.prose().substring(0, 4900);
        try (Model model = Reference.TINY.load();
                Context context = model.newContext(
                        ContextOptions.builder().contextSize(256).build())) {
            int[] tokens = ChunkedText.tokens(model, text, chunkSize);
            int chunks = tokens.length / chunkSize;
            assertThat(chunks).isGreaterThan(256);
            float[] logits = new float[model.vocab().size()];
            double sum = 0;
            int count = 0;
            for (int chunk = 0; chunk < chunks; chunk++) {
                int[] part = Arrays.copyOfRange(tokens, chunk * chunkSize, (chunk + 1) * chunkSize);
                compute(context, model.vocab(), part);
                for (int i = chunkSize / 2; i < chunkSize - 1; i++) {
                    context.outputs().copyLogits(i, logits);
                    sum -= new LogSoftmax(logits).of(part[i + 1]);
                    count++;
                }
            }
            Perplexity perplexity = Perplexity.of(model, text, chunkSize);
            assertThat(perplexity.tokens()).isEqualTo(count);
            assertThat(perplexity.value()).isCloseTo(Math.exp(sum / count), withinPercentage(0.1));
        }
    }

    private static void compute(Context context, Vocab vocab, int[] chunk) {
        Batch batch = new Batch(chunk.length);
        for (int i = 0; i < chunk.length; i++) {
            boolean bos = i == 0 && vocab.specialTokens().addsBos();
            batch.add(bos ? vocab.specialTokens().bos().orElseThrow() : chunk[i], i, 0, true);
        }
        context.kvCache().clear();
        assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 2049})
    void perplexity_ofOtherChunks_isRefused(int chunkSize) {
        try (Model model = Reference.TINY.load()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Perplexity.of(model, Corpus.prose(), chunkSize))
                    .withMessageContaining("chunkSize is " + chunkSize);
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
