package dev.tokapu.steering;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.ControlVector;
import dev.tokapu.DecodeStatus;
import dev.tokapu.LoadProgress;
import dev.tokapu.Model;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.exception.DecodeException;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeHandles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Makes control vectors of pairs of prompts, as llama.cpp's {@code cvector-generator} does: both prompts of a pair are computed, and what each layer
 * puts out for their tokens is compared. The shorter prompt is filled up with spaces at its end, so pairs of the same length are best. Tokens at
 * which no number of the positive prompt is larger say nothing; the common beginning of both prompts is among them.
 *
 * <p>Thread safety: safe, no state.
 *
 * @since 0.1
 */
public final class ControlVectorGenerator {

    private static final float NOTHING = 1e-6f;

    private final int width;
    private final List<Direction> directions = new ArrayList<>(); // of the layers before the last

    private ControlVectorGenerator(Model model, DirectionMethod method) {
        width = model.info().embeddingSize();
        for (int layer = 0; layer < model.info().layerCount() - 1; layer++) {
            directions.add(method == DirectionMethod.MEAN ? new MeanDirection(width) : new PrincipalDirection(width));
        }
    }

    /**
     * Makes one with {@link ContextOptions#defaults()}.
     *
     * @param model the model that it is for
     * @param pairs the pairs; some dozens make a good one
     * @param method how
     * @return the vector, each direction of length 1
     */
    public static ControlVector generate(Model model, List<PromptPair> pairs, DirectionMethod method) {
        return generate(model, pairs, method, ContextOptions.defaults(), progress -> true);
    }

    /**
     * Makes one.
     *
     * @param model the model that it is for
     * @param pairs the pairs; some dozens make a good one
     * @param method how
     * @param options for the context; its sizes are set here
     * @param progress is told how much is computed; false cancels
     * @return the vector, each direction of length 1
     * @throws IllegalArgumentException when there are no pairs, a prompt has no tokens, both prompts of a pair are the same, or the pairs cancel one
     *     another out
     * @throws UnsupportedOperationException when llama.cpp does not tell what the layers of this architecture put out
     * @throws CancellationException when the listener asked to stop
     */
    public static ControlVector generate(
            Model model,
            List<PromptPair> pairs,
            DirectionMethod method,
            ContextOptions options,
            LoadProgress progress) {
        List<int[]> prompts = prompts(model, pairs);
        if (model.info().layerCount() < 2) {
            throw new UnsupportedOperationException(
                    model + " has one layer; a control vector is for the second and later ones");
        }
        int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElseThrow();
        ControlVectorGenerator generator = new ControlVectorGenerator(model, method);
        ContextOptions sizes = options.toBuilder()
                .contextSize(longest)
                .batchSize(longest)
                .microBatchSize(longest)
                .maxSequences(1)
                .build();
        try (Context context = model.newContext(sizes)) {
            NativeHandle handle = NativeHandles.of(context);
            handle.call(
                    "keeping what its layers put out",
                    id -> handle.api().adapters().layersStart(id));
            for (int pair = 0; pair < pairs.size(); pair++) {
                List<float[]> positive = generator.outputs(context, prompts.get(2 * pair));
                List<float[]> negative = generator.outputs(context, prompts.get(2 * pair + 1));
                generator.add(pairs.get(pair), positive, negative);
                if (!progress.onProgress((float) (pair + 1) / pairs.size())) {
                    throw new CancellationException("the control vector was cancelled");
                }
            }
        }
        return ControlVector.of(
                generator.directions.stream().map(Direction::unit).toList());
    }

    /** The tokens of both prompts of each pair, of one length. */
    private static List<int[]> prompts(Model model, List<PromptPair> pairs) {
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("a control vector needs at least one pair of prompts");
        }
        boolean bos = model.vocab().specialTokens().addsBos();
        TokenizeOptions options =
                TokenizeOptions.builder().addSpecial(bos).parseSpecial(true).build();
        int[] spaces = model.vocab()
                .tokenize(" ", TokenizeOptions.builder().addSpecial(false).build());
        List<int[]> prompts = new ArrayList<>();
        for (PromptPair pair : pairs) {
            int[] positive = model.vocab().tokenize(pair.positive(), options);
            int[] negative = model.vocab().tokenize(pair.negative(), options);
            int length = Math.max(positive.length, negative.length);
            if (length == 0 || (spaces.length == 0 && positive.length != negative.length)) {
                throw new IllegalArgumentException(
                        pair + " has " + positive.length + " and " + negative.length + " tokens; give both some text");
            }
            prompts.add(filled(positive, length, spaces));
            prompts.add(filled(negative, length, spaces));
        }
        return prompts;
    }

    private static int[] filled(int[] tokens, int length, int[] spaces) {
        int[] filled = Arrays.copyOf(tokens, length);
        for (int i = tokens.length; i < length; i++) {
            filled[i] = spaces[spaces.length - 1];
        }
        return filled;
    }

    /** What each layer but the last puts out for each token. */
    private List<float[]> outputs(Context context, int[] prompt) {
        context.kvCache().clear();
        DecodeStatus status = context.decode(new Batch(prompt.length).addAll(prompt, 0, 0));
        if (status != DecodeStatus.OK) {
            throw new DecodeException("a prompt could not be computed: decode answered " + status);
        }
        NativeHandle handle = NativeHandles.of(context);
        List<float[]> outputs = new ArrayList<>();
        for (int layer = 0; layer < directions.size(); layer++) {
            int index = layer;
            float[] output = new float[Math.multiplyExact(prompt.length, width)];
            handle.call(
                    "reading what a layer put out",
                    id -> handle.api().adapters().layersGet(id, index, output));
            outputs.add(output);
        }
        return outputs;
    }

    private void add(PromptPair pair, List<float[]> positive, List<float[]> negative) {
        for (int layer = 0; layer < directions.size(); layer++) {
            Direction direction = directions.get(layer);
            int before = direction.count();
            float[] difference = positive.get(layer);
            float[] other = negative.get(layer);
            for (int i = 0; i < difference.length; i++) {
                difference[i] -= other[i];
            }
            for (int from = 0; from < difference.length; from += width) {
                if (tellsApart(difference, from)) {
                    direction.add(difference, from);
                }
            }
            if (direction.count() == before) {
                throw new IllegalArgumentException(
                        pair + " makes no difference to layer " + layer + "; its prompts must not be the same");
            }
        }
    }

    /** As cvector-generator decides it, without regard to numbers that are smaller. */
    private boolean tellsApart(float[] difference, int from) {
        for (int i = from; i < from + width; i++) {
            if (difference[i] > NOTHING) {
                return true;
            }
        }
        return false;
    }
}
