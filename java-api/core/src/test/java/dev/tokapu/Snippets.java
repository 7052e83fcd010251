package dev.tokapu;

import dev.tokapu.chat.ChatSession;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import java.nio.file.Path;

/** The examples of the documentation: compiled, so that they cannot rot. */
final class Snippets {

    private Snippets() {}

    static void fiveLines() {
        // @start region="five-lines"
        try (Model model = Model.load(Path.of("model.gguf"));
                ChatSession chat = ChatSession.open(model)) {
            chat.askStreaming("Why is the sky blue?").forEach(System.out::print);
        }
        // @end
    }

    static void lowLevel() {
        // @start region="low-level"
        try (Model model = Model.load(Path.of("model.gguf"));
                Context context = model.newContext();
                SamplerChain sampler = SamplerChain.of(model, Sampler.greedy())) {
            int[] prompt = model.vocab().tokenize("The sky is");
            Batch batch = new Batch(prompt.length).addAll(prompt, 0, 0);
            for (int position = prompt.length; position < 64; position++) {
                context.decode(batch);
                int token = sampler.sample(context, -1);
                if (model.vocab().isEndOfGeneration(token)) {
                    break;
                }
                System.out.print(model.vocab().detokenize(token));
                batch.clear().add(token, position, 0, true);
            }
        }
        // @end
    }

    static void fit() {
        // @start region="fit"
        ModelSource source = ModelSource.file(Path.of("model.gguf"));
        Fit fit = Fit.of(source);
        try (Model model = Model.load(source, fit.modelOptions());
                Context context = model.newContext(fit.contextOptions())) {
            System.out.println(context.memory());
        }
        // @end
    }

    static void resource() {
        // @start region="resource"
        ModelSource source = DefaultModel.source();
        try (Model model = Model.load(source)) {
            System.out.println(model.info().description());
        }
        // @end
    }

    static void lora() {
        // @start region="lora"
        try (Model model = Model.load(Path.of("model.gguf"));
                LoraAdapter law = LoraAdapter.load(model, Path.of("law.gguf"));
                LoraAdapter german = LoraAdapter.load(model, Path.of("german.gguf"));
                Context context = model.newContext()) {
            LoraSet.of(law).with(german, 0.5).applyTo(context);
            Sequence sequence = Sequence.of(context, 0);
            int[] prompt = model.vocab().tokenize("Der Vertrag ist");
            context.decode(new Batch(prompt.length).addAll(prompt, 0, sequence.id()));

            LoraSet.NONE.applyTo(context); // the model as it is, from here on
            context.kvCache().clear(); // what it holds was computed with the adapters
        }
        // @end
    }

    static SequenceState stateInParts(Context context, Sequence sequence, Batch others, int... tokens) {
        // @start region="state-parts"
        SequenceState state;
        try (StateCopy copy = sequence.beginState(tokens)) {
            while (copy.next(1 << 20) > 0) { // bytes
                context.decode(others); // tokens of other sequences
            }
            state = copy.state();
        }
        // @end
        return state;
    }
}
