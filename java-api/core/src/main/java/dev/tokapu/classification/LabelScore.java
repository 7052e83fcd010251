package dev.tokapu.classification;

/**
 * A label of a {@link Classifier} and how well a text fits it.
 *
 * <p>Thread safety: immutable.
 *
 * @param label its name in the model (GGUF: {@code classifier.output_labels}), or {@code LABEL_} and its place, as in Hugging Face's library, where it has none
 * @param index its place among the outputs of the classification head, from 0
 * @param score what the model gives, a logit for most models: above 0 where the label applies, of a model that was trained for several labels at once
 * @param probability the share of the label, 0 to 1, all together 1: the softmax of the scores, for models that were trained to choose one label
 * @since 0.1
 */
public record LabelScore(String label, int index, float score, double probability) {}
