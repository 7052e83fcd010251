package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Model;
import dev.tokapu.Vocab;
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
 * Perplexity of a text, compared with what llama-perplexity prints. The computation mirrors tools/perplexity/perplexity.cpp:
 * the text is cut into chunks, as many chunks as fit go into one batch as sequences of their own, and the second half of
 * each chunk counts.
 */
class PerplexityIT {

    private static final int BATCH_SIZE = 2048;

    @ParameterizedTest
    @CsvSource({"DEFAULT, 256", "TINY, 128"})
    void perplexity_ofProse_equalToLlamaPerplexity(Reference reference, int chunkSize) {
        String text = Corpus.prose();
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
        int[] tokens = model.vocab().tokenize(text);
        int chunks = tokens.length / chunkSize;
        assertThat(chunks).isGreaterThanOrEqualTo(2);
        int sequences = BATCH_SIZE / chunkSize;
        ContextOptions options = ContextOptions.builder()
                .contextSize(sequences * chunkSize)
                .batchSize(BATCH_SIZE)
                .maxSequences(sequences)
                .threads(Reference.THREADS)
                .batchThreads(Reference.THREADS)
                .build();
        Sum sum = new Sum();
        Batch batch = new Batch(BATCH_SIZE);
        try (Context context = model.newContext(options)) {
            for (int chunk = 0; chunk < chunks; chunk += sequences) {
                int together = Math.min(sequences, chunks - chunk);
                fill(batch.clear(), model.vocab(), tokens, chunk, together, chunkSize);
                context.kvCache().clear();
                assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
                add(sum, context, tokens, chunk, together, chunkSize);
            }
        }
        return sum.estimate();
    }

    private static void fill(Batch batch, Vocab vocab, int[] tokens, int chunk, int together, int chunkSize) {
        for (int sequence = 0; sequence < together; sequence++) {
            for (int i = 0; i < chunkSize; i++) {
                boolean bos = i == 0 && vocab.addsBos();
                int token = bos ? vocab.bos().orElseThrow() : tokens[(chunk + sequence) * chunkSize + i];
                batch.add(token, i, sequence, i >= chunkSize / 2);
            }
        }
    }

    private static void add(Sum sum, Context context, int[] tokens, int chunk, int together, int chunkSize) {
        float[] logits = new float[context.model().vocab().size()];
        for (int sequence = 0; sequence < together; sequence++) {
            for (int i = chunkSize / 2; i < chunkSize - 1; i++) {
                context.copyLogits(sequence * chunkSize + i, logits);
                sum.add(-logSoftmax(logits, tokens[(chunk + sequence) * chunkSize + i + 1]));
            }
        }
    }

    private static double logSoftmax(float[] logits, int token) {
        float max = logits[0];
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += (float) Math.exp(logit - max);
        }
        return logits[token] - max - Math.log(sum);
    }

    /** Negative log likelihoods, their squares and their number. */
    private static final class Sum {

        private double values;
        private double squares;
        private int count;

        void add(double value) {
            values += value;
            squares += value * value;
            count++;
        }

        String estimate() {
            double mean = values / count;
            double perplexity = Math.exp(mean);
            double error = Math.sqrt((squares / count - mean * mean) / (count - 1));
            return String.format(Locale.ROOT, "%.4f +/- %.5f", perplexity, error * perplexity);
        }
    }
}
