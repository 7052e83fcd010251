package dev.tokapu.examples.simple;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Model;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** llama.cpp's examples/simple/simple.cpp in Java: the same steps, the same output. */
public final class Simple {

    private Simple() {}

    @SuppressWarnings("checkstyle:MethodLength") // one flat main, as in simple.cpp
    public static void main(String[] args) {
        // where the model comes from: a GGUF file, else the default model on the class path
        ModelSource source = DefaultModel.source();
        // prompt to generate text from
        String prompt = "Hello my name is";
        // number of tokens to predict
        int predict = 32;

        // parse command line arguments
        int i = 0;
        for (; i + 1 < args.length && args[i].startsWith("-"); i += 2) {
            switch (args[i]) {
                case "-m" -> source = ModelSource.file(Path.of(args[i + 1]));
                case "-n" -> predict = Integer.parseInt(args[i + 1]);
                default -> throw new IllegalArgumentException("usage: Simple [-m MODEL] [-n N] [PROMPT]");
            }
        }
        if (i < args.length) {
            prompt = String.join(" ", Arrays.asList(args).subList(i, args.length));
        }

        // load the model; the native library and the code for this processor are loaded with the first one
        try (Model model = Model.load(source)) {
            Vocab vocab = model.vocab();

            // tokenize the prompt; simple.cpp parses control tokens, too
            int[] promptTokens = vocab.tokenize(
                    prompt, TokenizeOptions.builder().parseSpecial(true).build());

            // initialize the context: as large as needed, the whole prompt in one batch
            ContextOptions options = ContextOptions.builder()
                    .contextSize(promptTokens.length + predict - 1)
                    .batchSize(promptTokens.length)
                    .build();

            // initialize the sampler
            try (Context context = model.newContext(options);
                    SamplerChain sampler = SamplerChain.of(model, Sampler.greedy())) {

                // print the prompt token by token; a piece is bytes, for a token may be a part of a character
                for (int token : promptTokens) {
                    System.out.writeBytes(vocab.piece(token, true));
                }

                // prepare a batch for the prompt; only its last token needs an output
                Batch batch = new Batch(promptTokens.length);
                batch.addAll(promptTokens, 0, 0);

                // a model with an encoder reads the prompt with it, and its decoder begins with a token of its own
                if (model.info().hasEncoder()) {
                    context.encode(batch);
                    batch.clear();
                    int start = model.info()
                            .decoderStartToken()
                            .orElseGet(() -> vocab.specialTokens().bos().orElseThrow());
                    batch.add(start, 0, 0, true);
                }

                // main loop
                long begin = System.nanoTime();
                int decoded = 0;
                for (int position = 0; position + batch.size() < promptTokens.length + predict; ) {
                    // evaluate the current batch with the transformer model
                    DecodeStatus status = context.decode(batch);
                    if (status != DecodeStatus.OK) {
                        throw new IllegalStateException("decode: " + status);
                    }
                    position += batch.size();

                    // sample the next token from the last output
                    int token = sampler.sample(context, -1);

                    // is it an end of generation?
                    if (vocab.isEndOfGeneration(token)) {
                        break;
                    }
                    System.out.writeBytes(vocab.piece(token, true));
                    System.out.flush();

                    // prepare the next batch with the sampled token
                    batch.clear();
                    batch.add(token, position, 0, true);
                    decoded++;
                }
                System.out.println();

                double seconds = (System.nanoTime() - begin) / 1e9;
                System.err.printf(
                        Locale.ROOT,
                        "decoded %d tokens in %.2f s, speed: %.2f t/s%n",
                        decoded,
                        seconds,
                        decoded / seconds);
            }
        }
    }
}
