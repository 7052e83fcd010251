package dev.tokapu.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Vectors of texts in a context of its own: of a decoder with a KV cache, and of an encoder, which sees a text as a whole. */
@Timeout(300)
class EmbedderIT {

    private static final double SAME = 0.9999;

    @TinyModel
    private static Model decoder;

    @TempDir
    static Path folder;

    private static Path encoderFile;

    @BeforeAll
    static void write() throws IOException {
        encoderFile = Files.write(folder.resolve("encoder.gguf"), TinyPositionsGguf.ENCODER.bytes());
    }

    private static EmbedderOptions.Builder options(Pooling pooling) {
        return EmbedderOptions.builder()
                .context(ContextOptions.builder().threads(1).batchThreads(1).build())
                .pooling(pooling);
    }

    /** The vector of a text in a context that holds nothing else, by the low-level API. */
    private static float[] alone(Model model, String text, Pooling pooling) {
        int[] tokens = model.vocab().tokenize(text);
        try (Context context = model.newContext(ContextOptions.builder()
                .contextSize(512)
                .microBatchSize(512)
                .embeddings(true)
                .pooling(pooling)
                .threads(1)
                .batchThreads(1)
                .build())) {
            context.decode(new Batch(tokens.length).addAll(tokens, 0, 0));
            return context.outputs().sequenceEmbeddings(0);
        }
    }

    private static List<String> texts(int count, int longest) {
        Random random = new Random(5);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(random.ints(1 + random.nextInt(longest), 'a', 'z' + 1)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString());
        }
        return texts;
    }

    @ParameterizedTest
    @EnumSource(
            value = Pooling.class,
            names = {"MEAN", "CLS", "LAST"})
    void embed_listOfManyLengths_isTheVectorOfEachAlone(Pooling pooling) {
        try (Model encoder = Model.load(encoderFile)) {
            for (Model model : List.of(decoder, encoder)) {
                List<String> texts = texts(30, model == decoder ? 150 : 50);
                EmbedderOptions small = options(pooling)
                        .context(options(pooling).build().context().toBuilder()
                                .microBatchSize(model == decoder ? 100 : 32) // less than the longest text
                                .build())
                        .build();
                try (Embedder embedder = Embedder.open(model, small)) {
                    List<float[]> vectors = embedder.embed(texts);
                    assertThat(vectors).hasSameSizeAs(texts);
                    for (int i = 0; i < texts.size(); i++) {
                        assertThat(Similarity.cosine(vectors.get(i), alone(model, texts.get(i), pooling)))
                                .as("%s of text %d, %s", pooling, i, model)
                                .isGreaterThan(SAME);
                        assertThat(Similarity.cosine(vectors.get(i), vectors.get(i)))
                                .isCloseTo(1, within(1e-6));
                    }
                }
            }
        }
    }

    @Test
    void embed_normalized_hasLengthOne() {
        try (Embedder unit = Embedder.open(decoder, options(Pooling.MEAN).build());
                Embedder raw = Embedder.open(
                        decoder, options(Pooling.MEAN).normalized(false).build())) {
            assertThat(length(unit.embed("the sea"))).isCloseTo(1, within(1e-6));
            float[] alone = alone(decoder, "the sea", Pooling.MEAN);
            assertThat(raw.embed("the sea")).containsExactly(alone, within(TestModels.tolerance(decoder, 0.005f)));
            assertThat(unit.dimensions()).isEqualTo(alone.length);
        }
    }

    private static double length(float[] vector) {
        double square = 0;
        for (float value : vector) {
            square += (double) value * value;
        }
        return Math.sqrt(square);
    }

    @Test
    void dimensions_giveTheBeginning_ofLengthOne() {
        try (Embedder all = Embedder.open(decoder, options(Pooling.MEAN).build());
                Embedder some = Embedder.open(
                        decoder, options(Pooling.MEAN).dimensions(10).build())) {
            float[] vector = some.embed("the sea");
            assertThat(vector).hasSize(10);
            assertThat(some.dimensions()).isEqualTo(10);
            assertThat(length(vector)).isCloseTo(1, within(1e-6));
            assertThat(Similarity.cosine(vector, Arrays.copyOf(all.embed("the sea"), 10)))
                    .isGreaterThan(SAME);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Embedder.open(
                        decoder, options(Pooling.MEAN).dimensions(100_000).build()))
                .withMessageContaining("dimensions is 100000");
    }

    @Test
    void prefixes_standBeforeQueriesAndDocuments() {
        EmbedderOptions prefixes = options(Pooling.MEAN)
                .queryPrefix("query: ")
                .documentPrefix("passage: ")
                .build();
        try (Embedder embedder = Embedder.open(decoder, prefixes)) {
            assertThat(embedder.embedQuery("sea"))
                    .containsExactly(embedder.embed("query: sea"), within(TestModels.tolerance(decoder, 1e-4f)));
            assertThat(embedder.embedDocument("sea"))
                    .containsExactly(embedder.embed("passage: sea"), within(TestModels.tolerance(decoder, 1e-4f)));
            assertThat(embedder.embedDocuments(List.of("sea", "land"), EmbedProgress.NONE)
                            .get(1))
                    .containsExactly(embedder.embed("passage: land"), within(TestModels.tolerance(decoder, 1e-4f)));
        }
    }

    @Test
    void longTexts_areRefusedCutOrSplit() {
        String text = texts(1, 300).get(0) + " " + texts(40, 20);
        int[] tokens = decoder.vocab().tokenize(text);
        int size = 64;
        ContextOptions context = options(Pooling.MEAN).build().context().toBuilder()
                .contextSize(size)
                .build();
        assertThat(tokens.length).isGreaterThan(2 * size);
        EmbedderOptions.Builder options =
                EmbedderOptions.builder().context(context).normalized(false);
        try (Embedder embedder = Embedder.open(decoder, options.build())) {
            assertThatThrownBy(() -> embedder.embed(List.of("sea", text)))
                    .isInstanceOf(ContextOverflowException.class)
                    .hasMessageContaining(tokens.length + " tokens")
                    .hasMessageContaining("it is text 2 of 2");
            assertThatThrownBy(() -> embedder.embed(text)).hasMessageNotContainingAny("of 1");
            assertThatThrownBy(() -> embedder.embed(Arrays.asList("sea", null)))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("text 2 of 2");
        }
        try (Embedder embedder =
                Embedder.open(decoder, options.longTexts(LongTexts.TRUNCATE).build())) {
            float[][] expected = new float[1][];
            embedder.encoder().encode(List.of(Arrays.copyOf(tokens, size)), (index, vectors) -> {
                expected[0] = vectors[0];
                return true;
            });
            assertThat(embedder.embed(text)).containsExactly(expected[0], within(TestModels.tolerance(decoder, 1e-4f)));
        }
        try (Embedder embedder =
                Embedder.open(decoder, options.longTexts(LongTexts.SPLIT).build())) {
            List<int[]> parts = LongTexts.SPLIT.parts(tokens, size, decoder.vocab());
            float[][] each = new float[parts.size()][];
            embedder.encoder().encode(parts, (index, vectors) -> {
                each[index] = vectors[0];
                return true;
            });
            double[] mean = new double[each[0].length];
            int all = 0;
            for (int part = 0; part < each.length; part++) {
                all += parts.get(part).length;
            }
            for (int part = 0; part < each.length; part++) {
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += (double) each[part][i] * parts.get(part).length / all;
                }
            }
            float[] split = embedder.embed(List.of("sea", text)).get(1);
            for (int i = 0; i < mean.length; i++) {
                assertThat((double) split[i]).isCloseTo(mean[i], within((double) TestModels.tolerance(decoder, 1e-3f)));
            }
        }
    }

    @Test
    void embedTokens_areThoseOfEachToken() {
        try (Embedder tokens = Embedder.open(
                        decoder, options(Pooling.NONE).normalized(false).build());
                Embedder mean = Embedder.open(
                        decoder, options(Pooling.MEAN).normalized(false).build())) {
            List<float[]> vectors = tokens.embedTokens("the sea");
            assertThat(vectors).hasSize(decoder.vocab().tokenize("the sea").length);
            float[] sum = new float[vectors.get(0).length];
            for (float[] vector : vectors) {
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += vector[i] / vectors.size();
                }
            }
            assertThat(sum).containsExactly(mean.embed("the sea"), within(TestModels.tolerance(decoder, 0.005f)));
            assertThat(Similarity.maxSim(vectors, vectors)).isCloseTo(vectors.size(), within(1e-4));
            assertThatThrownBy(() -> tokens.embed("the sea"))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("embedTokens");
            assertThatThrownBy(() -> mean.embedTokens("the sea"))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("Pooling.NONE");
        }
    }

    @Test
    void wrongModels_areRefusedInPlainWords() throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Embedder.open(decoder))
                .withMessageContaining("set ContextOptions.pooling");
        Path file = Files.write(folder.resolve("ranking.gguf"), TinyPositionsGguf.RANKING.bytes());
        try (Model ranking = Model.load(file)) {
            assertThatThrownBy(() -> Embedder.open(ranking))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("Reranker");
        }
    }
}
