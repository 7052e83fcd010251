package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.TinyPositionsGguf;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Models with learned positions: llama.cpp ends the process, on a compute thread, where a token has one that was not learned. */
@Timeout(300)
class PositionsIT {

    private static final int POSITIONS = TinyPositionsGguf.POSITIONS;

    @TempDir
    static Path folder;

    private static Model load(TinyPositionsGguf kind) throws IOException {
        return Model.load(Files.write(folder.resolve(kind.name() + ".gguf"), kind.bytes()));
    }

    private static Batch batch(int from, int size) {
        Batch batch = new Batch(size);
        for (int i = 0; i < size; i++) {
            batch.add(5 + i % 7, from + i, 0, true);
        }
        return batch;
    }

    @Test
    void decode_behindTheLastLearnedPosition_isRefused() throws IOException {
        for (TinyPositionsGguf kind : List.of(TinyPositionsGguf.GENERATING, TinyPositionsGguf.ENCODER)) {
            boolean encodes = kind == TinyPositionsGguf.ENCODER;
            ContextOptions options = TestModels.small()
                    .embeddings(encodes)
                    .pooling(encodes ? Pooling.MEAN : Pooling.UNSPECIFIED)
                    .build();
            try (Model model = load(kind);
                    Context context = model.newContext(options)) {
                assertThat(context.info().sequenceContextSize()).isEqualTo(POSITIONS);
                assertThatThrownBy(() -> context.decode(batch(0, POSITIONS + 1)))
                        .isInstanceOfAny(ContextOverflowException.class, IllegalArgumentException.class)
                        .hasMessageContaining("6");
                assertThat(context.decode(batch(0, POSITIONS))).isEqualTo(DecodeStatus.OK);
                assertThatThrownBy(() -> context.decode(batch(POSITIONS, 1)))
                        .isInstanceOfAny(ContextOverflowException.class, IllegalArgumentException.class);
            }
        }
    }

    @Test
    void complete_untilThePositionsEnd_isAFullContext() throws IOException {
        try (Model model = load(TinyPositionsGguf.GENERATING);
                TextStream stream = Completion.of(
                        model,
                        new int[] {5, 6},
                        CompletionOptions.builder()
                                .context(TestModels.small().build())
                                .samplers(
                                        Sampler.logitBias(Map.of(
                                                model.vocab()
                                                        .specialTokens()
                                                        .eos()
                                                        .orElseThrow(),
                                                Float.NEGATIVE_INFINITY)),
                                        Sampler.greedy())
                                .build())) {
            stream.text();
            assertThat(stream.finishReason()).isEqualTo(FinishReason.CONTEXT_FULL);
            assertThat(stream.tokens().length).isBetween(POSITIONS - 3, POSITIONS - 1);
        }
    }

    @Test
    void remove_wholeSequenceOfAnEncoder_isNothing() throws IOException {
        try (Model model = load(TinyPositionsGguf.ENCODER);
                Context context = model.newContext(TestModels.small()
                        .embeddings(true)
                        .pooling(Pooling.MEAN)
                        .build())) {
            assertThat(context.kvCache().isPresent()).isFalse();
            assertThat(context.kvCache().remove(0, -1, -1)).isTrue();
            assertThatThrownBy(() -> context.kvCache().remove(0, 3, -1))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> context.kvCache().remove(7, -1, -1)).isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void setEmbeddings_rankingWithoutAHead_isRefused() throws IOException {
        try (Model model = load(TinyPositionsGguf.GENERATING);
                Context context = model.newContext(
                        TestModels.small().pooling(Pooling.RANK).build())) {
            assertThatThrownBy(() -> context.setEmbeddings(true))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("classification head");
        }
    }
}
