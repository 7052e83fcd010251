package dev.tokapu.quantize;

import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.ControlVector;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.completion.KlDivergence;
import dev.tokapu.steering.ControlVectorGenerator;
import dev.tokapu.steering.DirectionMethod;
import dev.tokapu.steering.PromptPair;
import java.nio.file.Path;
import java.util.List;

/** The examples of the documentation: compiled, so that they cannot rot. */
final class QuantizeSnippets {

    private QuantizeSnippets() {}

    static void matrix(String text) {
        // @start region="matrix"
        try (Model model = Model.load(Path.of("model-f16.gguf"))) {
            ImportanceMatrix.collect(model, text, "news", 512, ContextOptions.defaults(), progress -> true)
                    .write(Path.of("imatrix.gguf"));
        }
        QuantizeOptions options = QuantizeOptions.builder(FileType.IQ3_XXS)
                .importanceMatrix(Path.of("imatrix.gguf"))
                .build();
        Quantizer.quantize(Path.of("model-f16.gguf"), Path.of("model-iq3.gguf"), options);
        // @end
    }

    static void compare(String text) {
        // @start region="compare"
        try (Model original = Model.load(Path.of("model-f16.gguf"));
                Model quantized = Model.load(Path.of("model-iq3.gguf"))) {
            KlDivergence divergence = KlDivergence.of(original, quantized, text, 512);
            System.out.println(divergence.ratio().value()); // of the perplexities
            System.out.println(divergence.mean().value()); // 0: both expect the same
            System.out.println(divergence.sameTop().value()); // how often both would choose the same token
        }
        // @end
    }

    static void vector() {
        // @start region="vector"
        ControlVector polite = ControlVector.load(Path.of("polite.gguf"));
        try (Model model = Model.load(Path.of("model.gguf"));
                Context context = model.newContext()) {
            LoraSet.of(polite.times(0.8).inLayers(10, 20)).applyTo(context);
            context.kvCache().clear(); // what it holds was computed without
            LoraSet.NONE.applyTo(context);
        }
        // @end
    }

    static void pairs(Model model) {
        // @start region="pairs"
        List<PromptPair> pairs = List.of(
                new PromptPair(
                        "Act like a cheerful person. The weather today", "Act like a gloomy person. The weather today"),
                new PromptPair("Act like a cheerful person. My brother", "Act like a gloomy person. My brother"));
        ControlVector cheerful = ControlVectorGenerator.generate(model, pairs, DirectionMethod.PCA);
        cheerful.write(Path.of("cheerful.gguf"), model.info().architecture());
        // @end
    }
}
