package dev.tokapu.classification;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.Vocab;
import dev.tokapu.embedding.ContextEncoder;
import dev.tokapu.embedding.EmbedProgress;
import dev.tokapu.embedding.LongTexts;
import dev.tokapu.embedding.TextEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the labels of texts, with a model that has a classification head: sentiment, topic, language, spam.
 *
 * <p>A call ends with a {@link java.util.concurrent.CancellationException} when its thread is interrupted, whose flag stays set, or when its
 * {@link EmbedProgress} says so.
 *
 * <p>Thread safety: safe. With a context of its own calls wait for each other, on an engine they share steps.
 *
 * @since 0.1
 */
public final class Classifier implements AutoCloseable {

    private static final Comparator<LabelScore> BEST_FIRST =
            Comparator.comparingDouble(LabelScore::score).reversed();

    private final TextEncoder encoder;
    private final LongTexts longTexts;
    private final List<String> labels;
    private final Runnable onClose;

    private Classifier(TextEncoder encoder, LongTexts longTexts, Runnable onClose) {
        if (encoder.pooling() != Pooling.RANK) {
            throw new UnsupportedOperationException(
                    encoder.model() + " makes embeddings here (Pooling." + encoder.pooling()
                            + "), not scores of labels; take a model with a classification head, with Pooling.RANK");
        }
        if (longTexts == LongTexts.SPLIT) {
            throw new IllegalArgumentException(
                    "longTexts is SPLIT; it must be ERROR or TRUNCATE, since scores of parts say nothing of the whole");
        }
        this.encoder = encoder;
        this.longTexts = longTexts;
        this.labels = labels(encoder.model());
        this.onClose = onClose;
    }

    private static List<String> labels(Model model) {
        List<String> named = model.info().classifierLabels();
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < model.info().classifierOutputs(); i++) {
            labels.add(i < named.size() && !named.get(i).isEmpty() ? named.get(i) : "LABEL_" + i);
        }
        return List.copyOf(labels);
    }

    /** {@return a classifier with a context of its own that refuses texts that are too long, to be closed by the caller} */
    public static Classifier open(Model model) {
        return open(model, ContextOptions.defaults(), LongTexts.ERROR);
    }

    /**
     * Opens a classifier with a context of its own.
     *
     * @param model a model with a classification head
     * @param options settings of the context, as {@link ContextEncoder#open} takes them
     * @param longTexts what is done with texts that are too long; not {@link LongTexts#SPLIT}
     * @return the classifier, to be closed by the caller
     * @throws dev.tokapu.exception.ContextCreationException when the context cannot be made, for example for lack of memory
     * @throws UnsupportedOperationException when the model has no classification head
     */
    public static Classifier open(Model model, ContextOptions options, LongTexts longTexts) {
        ContextEncoder encoder = ContextEncoder.openScoring(model, options);
        try {
            return new Classifier(encoder, longTexts, encoder::close);
        } catch (Throwable e) {
            encoder.close();
            throw e;
        }
    }

    /**
     * Makes a classifier that computes with an encoder.
     *
     * @param encoder for example an engine with such a model that makes embeddings; it stays open when the classifier is closed
     * @param longTexts what is done with texts that are too long; not {@link LongTexts#SPLIT}
     * @return the classifier, to be used while the encoder is open
     * @throws UnsupportedOperationException when the encoder gives no scores
     */
    public static Classifier of(TextEncoder encoder, LongTexts longTexts) {
        return new Classifier(encoder, longTexts, () -> {});
    }

    /** {@return the labels, in the order of the classification head's outputs} */
    public List<String> labels() {
        return labels;
    }

    /**
     * Scores the labels of a text.
     *
     * @param text the text; control tokens in it are not parsed
     * @return all labels, the best first
     * @throws dev.tokapu.exception.ContextOverflowException when the text is too long, with {@link LongTexts#ERROR}
     * @throws IllegalStateException when it is closed
     */
    public List<LabelScore> classify(String text) {
        return classify(List.of(text)).get(0);
    }

    /** {@return for each text what {@link #classify(String)} gives} */
    public List<List<LabelScore>> classify(List<String> texts) {
        return classify(texts, EmbedProgress.NONE);
    }

    /** {@return the same; the progress is told after each text, and may cancel} */
    public List<List<LabelScore>> classify(List<String> texts, EmbedProgress progress) {
        Vocab vocab = encoder.model().vocab();
        List<int[]> tokens = new ArrayList<>();
        for (String text : texts) {
            int[] whole = vocab.tokenize(text);
            boolean cut = longTexts == LongTexts.TRUNCATE; // the encoder refuses what is too long, and says which it is
            tokens.add(
                    cut
                            ? longTexts
                                    .parts(whole, encoder.sequenceContextSize(), vocab)
                                    .get(0)
                            : whole);
        }
        float[][] scores = new float[tokens.size()][];
        int[] done = new int[1];
        encoder.encode(tokens, (text, outputs) -> {
            scores[text] = outputs[0];
            return progress.onProgress(++done[0], scores.length);
        });
        return Arrays.stream(scores).map(this::labeled).toList();
    }

    private List<LabelScore> labeled(float[] scores) {
        double[] shares = shares(scores);
        List<LabelScore> labeled = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            labeled.add(new LabelScore(labels.get(i), i, scores[i], shares[i]));
        }
        labeled.sort(BEST_FIRST);
        return List.copyOf(labeled);
    }

    private double[] shares(float[] scores) {
        double[] shares = new double[scores.length];
        double largest = Double.NEGATIVE_INFINITY;
        for (float score : scores) {
            largest = Math.max(largest, score);
        }
        boolean logits = !encoder.model().info().hasClassifierSoftmax();
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            shares[i] = logits ? Math.exp(scores[i] - largest) : scores[i];
            sum += shares[i];
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] /= sum;
        }
        return shares;
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
        return "Classifier[" + encoder + ", labels " + labels + "]";
    }
}
