package dev.tokapu.examples.classify;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.classification.Classifier;
import dev.tokapu.classification.LabelScore;
import dev.tokapu.embedding.EmbedProgress;
import dev.tokapu.embedding.LongTexts;
import dev.tokapu.source.ModelSource;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints the labels of texts, with a model that has a classification head. */
public final class Classify {

    private Classify() {}

    public static void main(String[] args) {
        if (args.length < 2) {
            System.err.println("usage: Classify MODEL TEXT...");
            System.exit(2);
        }
        List<String> texts = List.of(args).subList(1, args.length);
        try (Model model = Model.load(ModelSource.of(args[0]));
                Classifier classifier = Classifier.open(model, ContextOptions.defaults(), LongTexts.TRUNCATE)) {
            List<List<LabelScore>> labels = classifier.classify(texts, EmbedProgress.NONE);
            for (int i = 0; i < texts.size(); i++) {
                System.out.println(texts.get(i) + ": " + shares(labels.get(i)));
            }
        }
    }

    private static String shares(List<LabelScore> labels) {
        return labels.stream()
                .map(label -> String.format(Locale.ROOT, "%s %.1f %%", label.label(), 100 * label.probability()))
                .collect(Collectors.joining(", "));
    }
}
