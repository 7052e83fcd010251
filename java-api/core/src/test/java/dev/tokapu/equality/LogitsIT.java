package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import dev.tokapu.KvType;
import dev.tokapu.Model;
import dev.tokapu.testsupport.Corpus;
import dev.tokapu.testsupport.Thorough;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Logits after a prompt and after single tokens, compared bit for bit with {@code tokapu-oracle}, a C program on llama.h. Two
 * threads only where there is little to compute: they spin for each other and crawl when another process wants a core.
 */
class LogitsIT {

    private static final int CONTEXT_SIZE = 1024;
    private static final int SINGLE_TOKENS = 5;

    /** The model, the length of the prompt, threads, the sizes of a batch and of a micro-batch. */
    static List<Arguments> settings() {
        return Thorough.some(
                List.of(
                        arguments(Reference.DEFAULT, 1, 2, 2048, 512),
                        arguments(Reference.DEFAULT, 7, 1, 2048, 512),
                        arguments(Reference.DEFAULT, 64, 2, 2048, 512),
                        arguments(Reference.DEFAULT, 7, 2, 2048, 512),
                        arguments(Reference.DEFAULT, 600, 1, 2048, 512),
                        arguments(Reference.DEFAULT, 200, 1, 256, 64),
                        arguments(Reference.DEFAULT, 64, 1, 2048, 512),
                        arguments(Reference.TINY, 33, 2, 2048, 512),
                        arguments(Reference.TINY, 700, 1, 2048, 512),
                        arguments(Reference.TINY, 33, 1, 2048, 512)),
                7,
                4);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void logits_afterPromptAndTokens_equalBitForBit(
            Reference reference, int promptLength, int threads, int batchSize, int microBatchSize) {
        try (Model model = reference.load()) {
            int[] tokens = Arrays.copyOf(model.vocab().tokenize(Corpus.prose()), promptLength + SINGLE_TOKENS);
            List<int[]> steps = steps(tokens, promptLength);
            List<Object> options = List.of(threads, CONTEXT_SIZE, batchSize, microBatchSize, "f16");
            List<Object> inputs = new ArrayList<>(options);
            inputs.add(Arrays.toString(tokens));
            inputs.add(promptLength);
            List<int[]> expected = Answers.tokens(
                    "logits-" + promptLength, inputs, reference, () -> OracleLogits.ask(reference, steps, options));
            ContextOptions contextOptions = ContextOptions.builder()
                    .contextSize(CONTEXT_SIZE)
                    .batchSize(batchSize)
                    .microBatchSize(microBatchSize)
                    .threads(threads)
                    .batchThreads(threads)
                    .build();
            try (Context context = model.newContext(contextOptions)) {
                assertEqual(context, steps, expected);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void logits_ofEachKvType_equalBitForBit(KvType type) {
        try (Model model = Reference.DEFAULT.load()) {
            int[] tokens = Arrays.copyOf(model.vocab().tokenize(Corpus.prose()), 7 + SINGLE_TOKENS);
            List<int[]> steps = steps(tokens, 7);
            List<Object> options = List.of(1, 256, 256, 256, type.name().toLowerCase(Locale.ROOT));
            List<Object> inputs = new ArrayList<>(options);
            inputs.add(Arrays.toString(tokens));
            List<int[]> expected = Answers.tokens(
                    "logits-kv", inputs, Reference.DEFAULT, () -> OracleLogits.ask(Reference.DEFAULT, steps, options));
            ContextOptions contextOptions = ContextOptions.builder()
                    .contextSize(256)
                    .batchSize(256)
                    .microBatchSize(256)
                    .threads(1)
                    .batchThreads(1)
                    .kvCache(kv -> kv.keyType(type).valueType(type))
                    .build();
            try (Context context = model.newContext(contextOptions)) {
                assertEqual(context, steps, expected);
            }
        }
    }

    private static List<int[]> steps(int[] tokens, int promptLength) {
        List<int[]> steps = new ArrayList<>();
        steps.add(Arrays.copyOf(tokens, promptLength));
        for (int i = promptLength; i < tokens.length; i++) {
            steps.add(new int[] {tokens[i]});
        }
        return steps;
    }

    private static void assertEqual(Context context, List<int[]> steps, List<int[]> expected) {
        float[] logits = new float[context.model().vocab().size()];
        int position = 0;
        for (int i = 0; i < steps.size(); i++) {
            int[] step = steps.get(i);
            DecodeStatus status = context.decode(new Batch(step.length).addAll(step, position, 0));
            assertThat(status).isEqualTo(DecodeStatus.OK);
            position += step.length;
            context.outputs().copyLogits(-1, logits);
            assertThat(OracleLogits.bits(logits)).as("logits after step %d", i).isEqualTo(expected.get(i));
            assertThat(context.outputs().logits(step.length - 1)).isEqualTo(logits);
        }
    }
}
