package dev.tokapu.embedding;

import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.Vocab;
import dev.tokapu.internal.util.Checks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Makes embeddings: vectors of texts, closer to each other the closer the texts are in meaning ({@link Similarity#cosine}).
 *
 * <pre>{@code
 * try (Model model = Model.load(Path.of("all-MiniLM-L6-v2.F16.gguf"));
 *         Embedder embedder = Embedder.open(model)) {
 *     float[] vector = embedder.embed("The cat sleeps on the sofa.");
 * }
 * }</pre>
 *
 * <p>A text has the same vector alone and beside others, within rounding. Lists are sorted by length and packed into batches. A call ends with a {@link
 * java.util.concurrent.CancellationException} when its thread is interrupted, whose flag stays set, or when its {@link EmbedProgress} says so.
 *
 * <p>Thread safety: safe. With a context of its own calls wait for each other, on an engine they share steps.
 *
 * @since 0.1
 */
public final class Embedder implements AutoCloseable {

    private static final int SLICE = 2048; // texts whose tokens are in memory at a time

    private final TextEncoder encoder;
    private final EmbedderOptions options;
    private final Runnable onClose;

    private Embedder(TextEncoder encoder, EmbedderOptions options, Runnable onClose) {
        Pooling pooling = encoder.pooling();
        if (pooling == Pooling.RANK) {
            throw new UnsupportedOperationException(
                    encoder.model() + " gives scores, not vectors; use a Reranker or a Classifier");
        }
        Checks.between(
                "dimensions", options.dimensions(), 0, encoder.model().info().outputEmbeddingSize());
        this.encoder = encoder;
        this.options = options;
        this.onClose = onClose;
    }

    /** {@return an embedder with {@link EmbedderOptions#defaults()} and a context of its own, to be closed by the caller} */
    public static Embedder open(Model model) {
        return open(model, EmbedderOptions.defaults());
    }

    /**
     * Opens an embedder with a context of its own.
     *
     * @param model an embedding model
     * @param options how
     * @return the embedder, to be closed by the caller
     * @throws dev.tokapu.exception.ContextCreationException when the context cannot be made, for example for lack of memory
     * @throws IllegalArgumentException when the model does not say how to pool, nor do the options, or its vectors have fewer dimensions
     * @throws UnsupportedOperationException when the model gives scores, or has an encoder and a decoder
     */
    public static Embedder open(Model model, EmbedderOptions options) {
        ContextEncoder encoder = ContextEncoder.open(model, options.context());
        try {
            return new Embedder(encoder, options, encoder::close);
        } catch (Throwable e) {
            encoder.close();
            throw e;
        }
    }

    /** {@return an embedder with {@link EmbedderOptions#defaults()} that computes with an encoder, for example an engine} */
    public static Embedder of(TextEncoder encoder) {
        return of(encoder, EmbedderOptions.defaults());
    }

    /**
     * Makes an embedder that computes with an encoder.
     *
     * @param encoder for example an engine that makes embeddings; it stays open when the embedder is closed
     * @param options how; {@link EmbedderOptions#context} says nothing here
     * @return the embedder, to be used while the encoder is open
     * @throws IllegalArgumentException when the model's vectors have fewer dimensions
     * @throws UnsupportedOperationException when the encoder gives scores, or is an engine that generates
     */
    public static Embedder of(TextEncoder encoder, EmbedderOptions options) {
        return new Embedder(encoder, options, () -> {});
    }

    /**
     * Makes the vector of a text, without a prefix.
     *
     * @param text the text; control tokens in it are not parsed
     * @return {@link #dimensions()} numbers
     * @throws dev.tokapu.exception.ContextOverflowException when the text is too long and {@link EmbedderOptions#longTexts} is {@link LongTexts#ERROR},
     *     or when a prefix leaves it no room
     * @throws IllegalArgumentException when the text has no tokens: it is empty, and has no prefix, and the tokenizer adds none
     * @throws UnsupportedOperationException with {@link Pooling#NONE}, which has no vector for a text
     * @throws java.util.concurrent.CancellationException when the thread is interrupted
     * @throws IllegalStateException when it is closed
     */
    public float[] embed(String text) {
        return embed(List.of(text)).get(0);
    }

    /** {@return the vectors of texts in their order, without a prefix, as {@link #embed(String)} makes each} */
    public List<float[]> embed(List<String> texts) {
        return embed(texts, EmbedProgress.NONE);
    }

    /** {@return the same; the progress is told after each text, and may cancel} */
    public List<float[]> embed(List<String> texts, EmbedProgress progress) {
        return pooled("", texts, progress);
    }

    /** {@return the vector of what is looked for: of {@link EmbedderOptions#queryPrefix} and the text} */
    public float[] embedQuery(String query) {
        return pooled(options.queryPrefix(), List.of(query), EmbedProgress.NONE).get(0);
    }

    /** {@return the vector of what is found: of {@link EmbedderOptions#documentPrefix} and the text} */
    public float[] embedDocument(String document) {
        return embedDocuments(List.of(document)).get(0);
    }

    /** {@return the vectors of documents in their order, as {@link #embedDocument} makes each} */
    public List<float[]> embedDocuments(List<String> documents) {
        return embedDocuments(documents, EmbedProgress.NONE);
    }

    /** {@return the same; the progress is told after each document, and may cancel} */
    public List<float[]> embedDocuments(List<String> documents, EmbedProgress progress) {
        return pooled(options.documentPrefix(), documents, progress);
    }

    /**
     * Makes a vector of each token of a text, for late interaction ({@link Similarity#maxSim}); without a prefix. Of a text that is split the vectors
     * of the parts follow one another.
     *
     * @param text the text; control tokens in it are not parsed
     * @return a vector of {@link #dimensions()} numbers for each token, including the tokens that the tokenizer adds
     * @throws UnsupportedOperationException unless the pooling is {@link Pooling#NONE}
     */
    public List<float[]> embedTokens(String text) {
        return embedTokens(List.of(text), EmbedProgress.NONE).get(0);
    }

    /** {@return the vectors of each token of texts, as {@link #embedTokens(String)} makes them; the progress is told after each text, and may cancel} */
    public List<List<float[]>> embedTokens(List<String> texts, EmbedProgress progress) {
        if (encoder.pooling() != Pooling.NONE) {
            throw new UnsupportedOperationException("the vectors of tokens are pooled by " + encoder.pooling()
                    + "; open another embedder with Pooling.NONE");
        }
        return vectors("", texts, progress);
    }

    private List<float[]> pooled(String prefix, List<String> texts, EmbedProgress progress) {
        if (encoder.pooling() == Pooling.NONE) {
            throw new UnsupportedOperationException(
                    "with Pooling.NONE a text has a vector for each token; ask for them with embedTokens");
        }
        List<float[]> vectors = new ArrayList<>(texts.size());
        for (List<float[]> text : vectors(prefix, texts, progress)) {
            vectors.add(text.get(0));
        }
        return vectors;
    }

    /** In slices, so that the tokens of a long list are never all in memory. */
    private List<List<float[]>> vectors(String prefix, List<String> texts, EmbedProgress progress) {
        List<List<float[]>> vectors = new ArrayList<>(texts.size());
        for (int from = 0; from < texts.size(); from += SLICE) {
            List<String> some = texts.subList(from, Math.min(texts.size(), from + SLICE));
            int before = from;
            EmbedProgress all = (done, total) -> progress.onProgress(before + done, texts.size());
            List<List<int[]>> tokens = tokens(prefix, some, from, texts.size());
            vectors.addAll(new EmbedRun(options, encoder.pooling(), tokens, all).vectors(encoder));
        }
        return vectors;
    }

    private List<List<int[]>> tokens(String prefix, List<String> texts, int before, int all) {
        Vocab vocab = encoder.model().vocab();
        int[] alone = prefix.isEmpty() ? new int[0] : vocab.tokenize(prefix);
        List<List<int[]>> tokens = new ArrayList<>(texts.size());
        for (String text : texts) {
            String number = "text " + (before + tokens.size() + 1) + " of " + all;
            Objects.requireNonNull(text, number); // it would become the text "null"
            int[] whole = vocab.tokenize(prefix + text);
            if (whole.length == 0) {
                throw new IllegalArgumentException(
                        (all == 1 ? "the text" : number) + " has no tokens; give at least one character");
            }
            int differs = Arrays.mismatch(alone, whole);
            int kept = differs < 0 ? alone.length : differs;
            String place = all == 1 ? "" : "it is " + number + ": ";
            tokens.add(options.longTexts().parts(whole, kept, encoder.sequenceContextSize(), vocab, place));
        }
        return tokens;
    }

    /** {@return how many numbers a vector has} */
    public int dimensions() {
        return options.dimensions() == 0 ? encoder.model().info().outputEmbeddingSize() : options.dimensions();
    }

    /** {@return how it was opened} */
    public EmbedderOptions options() {
        return options;
    }

    /** {@return what it computes with} */
    public TextEncoder encoder() {
        return encoder;
    }

    /** Closes the context of its own, if it has one: a call that runs ends with an {@link IllegalStateException}. Idempotent. */
    @Override
    public void close() {
        onClose.run();
    }

    @Override
    public String toString() {
        return "Embedder[" + encoder + "]";
    }
}
