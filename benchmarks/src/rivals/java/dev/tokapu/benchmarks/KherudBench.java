package dev.tokapu.benchmarks;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.LlamaOutput;
import de.kherud.llama.ModelParameters;
import java.util.Arrays;

/**
 * The work of {@link TextBench} through de.kherud:llama. Prints the same.
 *
 * <p>Arguments: model file, tokens, repetitions, threads.
 */
public final class KherudBench {

    private KherudBench() {}

    /**
     * Runs it.
     *
     * @param args model file, tokens, repetitions, threads
     */
    public static void main(String[] args) {
        int tokens = Integer.parseInt(args[1]);
        double[] rates = new double[Integer.parseInt(args[2])];
        int threads = Integer.parseInt(args[3]);
        ModelParameters parameters = new ModelParameters()
                .setModel(args[0])
                .setCtxSize(512)
                .setThreads(threads)
                .setThreadsBatch(threads);
        try (LlamaModel model = new LlamaModel(parameters)) {
            for (int i = 0; i < rates.length; i++) {
                rates[i] = rate(model, tokens);
            }
        }
        System.out.println("{\"tokens_per_second\": " + Arrays.toString(rates) + "}");
        // Its native thread ends without leaving the JVM, which would wait for it forever.
        System.exit(0);
    }

    private static double rate(LlamaModel model, int tokens) {
        InferenceParameters parameters = new InferenceParameters(TextBench.PROMPT)
                .setTemperature(0)
                .setIgnoreEos(true)
                .setNPredict(tokens);
        long first = 0;
        int pieces = 0;
        for (LlamaOutput output : model.generate(parameters)) {
            pieces++;
            if (first == 0 && !output.text.isEmpty()) {
                first = System.nanoTime();
            }
        }
        return (pieces - 1) * 1e9 / (System.nanoTime() - first);
    }
}
