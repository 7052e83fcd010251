package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.FinishReason;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.Vocab;
import dev.tokapu.sampling.Candidates;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Answers for random types, drawn at random from what the grammar of each allows: every one of them must be a value. In place
 * of a model there are random logits, which after a while prefer to come to an end.
 */
class RandomAnswersIT {

    private static final long SEED = 5;
    private static final int TYPES = 1000;
    private static final int WANTED = 30;
    private static final int LIMIT = 5000;

    private final Random random = new Random(SEED);

    @Test
    @Timeout(400)
    void finish_answersOfRandomTypes_areValues(@TempDir Path folder) throws Exception {
        List<Class<?>> types = RandomTypes.compile(SEED, TYPES, folder);
        int tokens = 0;
        try (Model model = TestModels.tiny()) {
            Walk walk = new Walk(model.vocab());
            for (Class<?> type : types) {
                StructuredType<?> structured = StructuredType.of(type);
                String text = walk.answer(model, structured);
                assertThat((Object) structured.finish(text, FinishReason.STOP_TOKEN))
                        .as(text)
                        .isInstanceOf(type);
                tokens += text.length();
            }
        }
        assertThat(tokens).isGreaterThan(TYPES * WANTED / 4);
    }

    private final class Walk {
        private final Vocab vocab;
        private final int end;
        private final String[] pieces;

        Walk(Vocab vocab) {
            this.vocab = vocab;
            this.end = vocab.eos().orElseThrow();
            this.pieces = new String[vocab.size()];
            for (int token = 0; token < pieces.length; token++) {
                pieces[token] =
                        vocab.isControl(token) ? "" : new String(vocab.piece(token), StandardCharsets.ISO_8859_1);
            }
        }

        String answer(Model model, StructuredType<?> type) {
            try (SamplerChain chain = SamplerChain.of(model, type.grammar(), Sampler.greedy())) {
                ByteArrayOutputStream text = new ByteArrayOutputStream();
                for (int n = 0; n < LIMIT; n++) {
                    int token = chain.apply(Candidates.of(logits(n > WANTED)))
                            .selectedToken()
                            .orElseThrow();
                    if (token == end) {
                        return text.toString(StandardCharsets.UTF_8);
                    }
                    text.writeBytes(vocab.piece(token));
                    chain.accept(token);
                }
                throw new AssertionError("no end after " + LIMIT + " tokens: " + text);
            }
        }

        private float[] logits(boolean toEnd) {
            float[] logits = new float[pieces.length];
            for (int token = 0; token < logits.length; token++) {
                logits[token] = random.nextFloat() + preference(pieces[token], toEnd);
            }
            logits[end] = toEnd ? 20 : 0;
            return logits;
        }

        /** No exponents, as bounds of fractions are not in the grammar, and no parts of characters. */
        private float preference(String piece, boolean toEnd) {
            if (piece.isEmpty()
                    || piece.charAt(0) == 'e'
                    || piece.charAt(0) == 'E'
                    || piece.chars().anyMatch(c -> c > 126)) {
                return -20;
            }
            if (!toEnd) {
                return 0;
            }
            return switch (piece) {
                case "\"", "}", "]" -> 10;
                case "n" -> 5;
                default -> 0;
            };
        }
    }
}
