package dev.tokapu.benchmarks;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerBatch;
import dev.tokapu.sampling.SamplerChain;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What one step of an engine costs by the shape of its batch: which sequences, in which order, how many tokens of each. Prints one
 * JSON object for each shape, with medians in milliseconds.
 *
 * <p>Arguments: model file, sequences, tokens that each holds, micro-batch size, {@code unified} or {@code split}, compute threads,
 * sampling threads, then shapes. A shape is a list of parts in the order of the batch: {@code 0-7} is one token of each of these
 * sequences, {@code 3x64} is 64 tokens of one sequence; {@code /} ends a decode and begins another one of the same step;
 * steps go round what {@code :} parts.
 */
public final class StepBench {

    private static final int STEPS = 24;
    private static final int WARM_UP = 6;
    private static final Pattern PART = Pattern.compile("(\\d+)(?:-(\\d+))?(?:x(\\d+))?");

    private final Random random = new Random(1);
    private final Context context;
    private final int vocabSize;
    private final int held;
    private final int samplingThreads;
    private final List<SamplerChain> chains = new ArrayList<>();
    private final SamplerBatch sampling;

    private StepBench(Context context, int vocabSize, int sequences, int held, int samplingThreads) {
        this.context = context;
        this.vocabSize = vocabSize;
        this.held = held;
        this.samplingThreads = samplingThreads;
        this.sampling = new SamplerBatch(context, sequences);
        for (int i = 0; i < sequences; i++) {
            chains.add(SamplerChain.of(context.model(), Sampler.greedy()));
        }
    }

    /**
     * Runs it.
     *
     * @param args as above
     */
    public static void main(String[] args) {
        int sequences = Integer.parseInt(args[1]);
        int held = Integer.parseInt(args[2]);
        int microBatch = Integer.parseInt(args[3]);
        int threads = Integer.parseInt(args[5]);
        ContextOptions options = ContextOptions.builder()
                .contextSize(Math.multiplyExact(sequences, held + 4 * microBatch))
                .batchSize(4 * microBatch + sequences)
                .microBatchSize(microBatch)
                .maxSequences(sequences)
                .kvCache(kv -> kv.unified("unified".equals(args[4])))
                .threads(threads)
                .batchThreads(threads)
                .build();
        try (Model model = Model.load(Path.of(args[0]));
                Context context = model.newContext(options)) {
            StepBench bench = new StepBench(context, model.vocab().size(), sequences, held, Integer.parseInt(args[6]));
            bench.fill(sequences, microBatch);
            for (String shape : Arrays.asList(args).subList(7, args.length)) {
                System.out.println(bench.measure(shape));
            }
            bench.chains.forEach(SamplerChain::close);
        }
    }

    private void fill(int sequences, int microBatch) {
        Batch batch = new Batch(microBatch);
        for (int sequence = 0; sequence < sequences; sequence++) {
            for (int i = 0; i < held; i++) {
                batch.add(random.nextInt(vocabSize), i, sequence, false);
                if (batch.size() == microBatch || i == held - 1) {
                    Decoding.decode(context, batch);
                    batch.clear();
                }
            }
        }
        context.synchronize();
    }

    private String measure(String shape) {
        List<List<Decode>> rounds =
                Arrays.stream(shape.split(":", -1)).map(this::step).toList();
        double[] decode = new double[STEPS];
        double[] sample = new double[STEPS];
        for (int step = -WARM_UP; step < STEPS; step++) {
            long start = System.nanoTime();
            sampling.clear();
            List<Decode> decodes = rounds.get(Math.floorMod(step, rounds.size()));
            for (Decode one : decodes) {
                Decoding.decode(context, one.batch());
            }
            context.synchronize();
            long decoded = System.nanoTime();
            int chain = 0;
            for (int output : decodes.get(decodes.size() - 1).outputs()) {
                sampling.add(chains.get(chain++), output);
            }
            sampling.sample(samplingThreads);
            long sampled = System.nanoTime();
            for (int sequence = 0; sequence < chains.size(); sequence++) {
                context.kvCache().remove(sequence, held, -1);
            }
            if (step >= 0) {
                decode[step] = (decoded - start) / 1e6;
                sample[step] = (sampled - decoded) / 1e6;
            }
        }
        Arrays.sort(decode);
        Arrays.sort(sample);
        return String.format(
                Locale.ROOT,
                "{\"shape\": \"%s\", \"decode_ms\": %.3f, \"decode_p90_ms\": %.3f, \"sample_ms\": %.3f}",
                shape,
                decode[STEPS / 2],
                decode[STEPS * 9 / 10],
                sample[STEPS / 2]);
    }

    private List<Decode> step(String decodes) {
        return Arrays.stream(decodes.split("/", -1)).map(this::decode).toList();
    }

    private Decode decode(String parts) {
        int[][] runs = PART.matcher(parts).results().map(StepBench::run).toArray(int[][]::new);
        List<Integer> outputs = new ArrayList<>();
        Batch batch = new Batch(Arrays.stream(runs)
                .mapToInt(run -> (run[1] - run[0] + 1) * run[2])
                .sum());
        for (int[] run : runs) {
            for (int sequence = run[0]; sequence <= run[1]; sequence++) {
                for (int i = 0; i < run[2]; i++) {
                    batch.add(random.nextInt(vocabSize), held + i, sequence, i == run[2] - 1);
                }
                outputs.add(batch.size() - 1);
            }
        }
        return new Decode(batch, outputs);
    }

    /** First and last sequence, tokens of each. */
    private static int[] run(MatchResult part) {
        int first = Integer.parseInt(part.group(1));
        int last = part.group(2) == null ? first : Integer.parseInt(part.group(2));
        return new int[] {first, last, part.group(3) == null ? 1 : Integer.parseInt(part.group(3))};
    }

    private record Decode(Batch batch, List<Integer> outputs) {}
}
