package dev.tokapu.examples.sessionfiles;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Model;
import dev.tokapu.Sequence;
import dev.tokapu.SequenceState;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What a model has read, kept in a file: the first run decodes the text and saves, the second one goes on at once. */
public final class SessionFiles {

    private static final String TEXT =
            "Once upon a time, in a small village by the sea, there lived an old clockmaker. ".repeat(4)
                    + "One morning he";

    private SessionFiles() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            throw new IllegalArgumentException("usage: SessionFiles FILE");
        }
        Path file = Path.of(args[0]);
        ModelSource source = DefaultModel.source();
        ContextOptions options = ContextOptions.builder().contextSize(1024).build();
        try (Model model = Model.load(source);
                Context context = model.newContext(options);
                SamplerChain sampler = SamplerChain.of(model, Sampler.greedy())) {
            Sequence sequence = Sequence.of(context, 0);
            int[] tokens = model.vocab().tokenize(TEXT);
            int decoded = 0;
            // @start region="session"
            if (Files.exists(file)) {
                try (SequenceState state = SequenceState.load(file)) {
                    sequence.restore(state);
                    tokens = state.tokens();
                }
            } else {
                // all but the last token: that one gives the logits to go on with, and a state has none
                decoded = tokens.length - 1;
                decode(context, new Batch(decoded).addAll(Arrays.copyOf(tokens, decoded), 0, sequence.id()));
                try (SequenceState state = sequence.state(tokens)) {
                    state.save(file);
                }
            }
            // @end
            System.out.println("tokens of the prompt that were decoded: " + decoded);
            Batch batch = new Batch(1).add(tokens[tokens.length - 1], sequence.length(), sequence.id(), true);
            for (int i = 0; i < 16; i++) {
                decode(context, batch);
                int token = sampler.sample(context, -1);
                System.out.print(model.vocab().detokenize(token));
                batch.clear().add(token, sequence.length(), sequence.id(), true);
            }
            System.out.println();
        }
    }

    private static void decode(Context context, Batch batch) {
        DecodeStatus status = context.decode(batch);
        if (status != DecodeStatus.OK) {
            throw new IllegalStateException("decode: " + status);
        }
    }
}
