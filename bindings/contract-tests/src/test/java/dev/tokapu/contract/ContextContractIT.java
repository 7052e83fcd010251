package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_BUFFER;
import static dev.tokapu.spi.Status.ERROR_CONTEXT;
import static dev.tokapu.spi.Status.ERROR_HANDLE;
import static dev.tokapu.spi.Status.ERROR_MEMORY;
import static dev.tokapu.spi.Status.OK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.ContextInfoKey;
import dev.tokapu.spi.ContextOptionF;
import dev.tokapu.spi.ContextOptionI;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The options of contexts and their outputs. */
class ContextContractIT extends Contract {

    private static final int N_BATCH = 32;

    private long model;
    private long context;
    private int vocabSize;
    private int[] prompt;

    @BeforeEach
    void create() {
        model = model();
        context = context(model);
        vocabSize = vocabSize(model);
        prompt = tokenize(model, "the ring and the thing");
    }

    private int decode(
            int n,
            int @Nullable [] tokens,
            int @Nullable [] positions,
            int @Nullable [] nSeqIds,
            int @Nullable [] seqIds,
            byte @Nullable [] outputs) {
        return api.contexts().decode(context, n, tokens, null, positions, nSeqIds, seqIds, outputs);
    }

    private long info(int key) {
        long[] info = new long[ContextInfoKey.COUNT];
        ok(api.contexts().info(context, info));
        return info[key];
    }

    // --- options

    @Test
    void contextDefaults_wrongLength_isRefused() {
        refused(ERROR_ARGUMENT, api.contexts().defaults(new long[3], new double[ContextOptionF.COUNT]), "n_ints");
        refused(ERROR_ARGUMENT, api.contexts().defaults(new long[ContextOptionI.COUNT], new double[7]), "n_floats");
        refused(ERROR_ARGUMENT, api.contexts().defaults(new long[0], new double[0]));
    }

    @Test
    void contextNew_arraysOfWrongLength_areRefused() {
        refused(ERROR_ARGUMENT, api.contexts().create(model, new long[3], contextFloats(), new long[1]), "n_ints");
        refused(ERROR_ARGUMENT, api.contexts().create(model, contextInts(), new double[1], new long[1]), "n_floats");
    }

    @Test
    void contextNew_everyIntegerOutOfRange_isRefused() {
        for (int key = 0; key < ContextOptionI.COUNT; key++) {
            for (long bad : new long[] {Long.MIN_VALUE, -1000, Long.MAX_VALUE, 1L << 32}) {
                long[] ints = contextInts();
                ints[key] = bad;
                refused(ERROR_ARGUMENT, api.contexts().create(model, ints, contextFloats(), new long[1]), "" + bad);
            }
        }
    }

    @Test
    void contextNew_everyFloatNotFinite_isRefused() {
        for (int key = 0; key < ContextOptionF.COUNT; key++) {
            for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
                double[] floats = contextFloats();
                floats[key] = bad;
                refused(ERROR_ARGUMENT, api.contexts().create(model, contextInts(), floats, new long[1]));
            }
        }
    }

    @Test
    void contextNew_tooLargeForTheMachine_isAnError() {
        long[] ints = contextInts();
        ints[ContextOptionI.N_CTX] = Integer.MAX_VALUE - 256;
        ints[ContextOptionI.TYPE_K] = 0;
        ints[ContextOptionI.TYPE_V] = 0;
        long[] result = new long[1];
        int status = api.contexts().create(model, ints, contextFloats(), result);
        if (status == OK) {
            ok(api.contexts().free(result[0])); // an overcommitting machine with enough address space
        } else {
            assertThat(status).isIn(ERROR_ARGUMENT, ERROR_CONTEXT, ERROR_MEMORY);
        }
    }

    @Test
    void contextInfo_asAsked_tellsWhatIsInEffect() {
        assertThat(info(ContextInfoKey.N_CTX)).isEqualTo(256);
        assertThat(info(ContextInfoKey.N_BATCH)).isEqualTo(N_BATCH);
        assertThat(info(ContextInfoKey.N_UBATCH)).isEqualTo(N_BATCH);
        assertThat(info(ContextInfoKey.N_SEQ_MAX)).isEqualTo(2);
        assertThat(info(ContextInfoKey.N_THREADS)).isEqualTo(1);
        assertThat(info(ContextInfoKey.POOLING_TYPE)).isZero();
        assertThat(info(ContextInfoKey.HAS_MEMORY)).isEqualTo(1);
        assertThat(info(ContextInfoKey.CAN_SHIFT)).isEqualTo(1);
        refused(ERROR_ARGUMENT, api.contexts().info(context, new long[3]), "n_info");
    }

    @Test
    void contextSynchronize_afterDecode_succeeds_andAFreedContextIsRefused() {
        ok(api.contexts().synchronize(context));
        ok(decode(1, new int[] {5}, null, null, null, null));
        ok(api.contexts().synchronize(context));
        refused(ERROR_HANDLE, api.contexts().synchronize(context + 1_000_000), "context");
    }

    @Test
    void contextSetThreads_inRange_isSeenAndKeepsTheResult() {
        ok(decodeTokens(context, prompt));
        float[] before = logits(context, -1, vocabSize);
        ok(api.contexts().setThreads(context, 1, 2));
        assertThat(info(ContextInfoKey.N_THREADS)).isEqualTo(1);
        // As many as this process has processors, at most.
        assertThat(info(ContextInfoKey.N_THREADS_BATCH)).isBetween(1L, 2L);
        ok(api.memory().clear(context, 1));
        ok(decodeTokens(context, prompt));
        assertThat(logits(context, -1, vocabSize)).isEqualTo(before);
    }

    @Test
    void contextSetThreads_backAndForthBetweenSteps_keepsTheResult() {
        ok(decodeTokens(context, prompt));
        float[] before = logits(context, -1, vocabSize);
        for (int i = 0; i < 50; i++) {
            ok(api.contexts().setThreads(context, 1 + i % 2, 1 + i / 2 % 2));
            ok(api.memory().clear(context, 1));
            ok(decodeTokens(context, prompt));
            assertThat(logits(context, -1, vocabSize)).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "-1, 1", "100000, 1", "1, 2147483647"})
    void contextSetThreads_outOfRange_isRefused(int threads, int batchThreads) {
        refused(ERROR_ARGUMENT, api.contexts().setThreads(context, threads, batchThreads), "threads");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2})
    void contextFlags_outOfRange_areRefused(int flag) {
        refused(ERROR_ARGUMENT, api.contexts().setEmbeddings(context, flag), "embeddings");
        refused(ERROR_ARGUMENT, api.contexts().setCausalAttention(context, flag), "causal");
        refused(ERROR_ARGUMENT, api.contexts().abort(context, flag), "active");
    }

    // --- outputs

    @Test
    void logits_indexOutOfRangeOrNotAskedFor_isRefused() {
        float[] logits = new float[vocabSize];
        refused(ERROR_ARGUMENT, api.contexts().logits(context, -1, logits), "decode a batch first");
        ok(decode(3, new int[] {5, 6, 7}, null, null, null, new byte[] {1, 0, 1}));
        ok(api.contexts().logits(context, 0, logits));
        ok(api.contexts().logits(context, 2, logits));
        ok(api.contexts().logits(context, -1, logits));
        ok(api.contexts().logits(context, -2, logits));
        refused(ERROR_ARGUMENT, api.contexts().logits(context, 1, logits), "token 1");
        for (int index : new int[] {3, -3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            refused(ERROR_ARGUMENT, api.contexts().logits(context, index, logits), "" + index);
        }
    }

    @Test
    void logits_arrayTooSmall_isRefusedAndUntouched() {
        ok(decodeTokens(context, prompt));
        float[] small = new float[vocabSize - 1];
        refused(ERROR_BUFFER, api.contexts().logits(context, -1, small), "" + vocabSize);
        assertThat(small).containsOnly(0f);
        refused(ERROR_BUFFER, api.contexts().logits(context, -1, new float[0]));
    }

    @Test
    void embeddings_contextWithoutThem_areRefused() {
        ok(decodeTokens(context, prompt));
        refused(ERROR_ARGUMENT, api.contexts().embeddings(context, -1, new float[64], new int[1]), "embeddings = 1");
        refused(ERROR_ARGUMENT, api.contexts().embeddingsSeq(context, 0, new float[64], new int[1]));
    }

    private void embeddingContext(long pooling) {
        long[] ints = contextInts();
        ints[ContextOptionI.EMBEDDINGS] = 1;
        ints[ContextOptionI.POOLING_TYPE] = pooling;
        context = context(model, ints);
        ok(decodeTokens(context, prompt));
    }

    @Test
    void embeddings_withoutPooling_areOfTokens() {
        embeddingContext(0);
        float[] embeddings = new float[64];
        int[] n = new int[1];
        ok(api.contexts().embeddings(context, 0, embeddings, n));
        assertThat(n[0]).isEqualTo(64);
        float[] larger = new float[70];
        larger[64] = 42;
        ok(api.contexts().embeddings(context, 0, larger, n));
        assertThat(larger[64]).isEqualTo(42);
        assertThat(Arrays.copyOf(larger, 64)).isEqualTo(embeddings);
        refused(ERROR_BUFFER, api.contexts().embeddings(context, 0, new float[63], n), "64");
        refused(ERROR_ARGUMENT, api.contexts().embeddings(context, 99, embeddings, n), "99");
        refused(ERROR_ARGUMENT, api.contexts().embeddingsSeq(context, 0, embeddings, n), "tokens only");
    }

    @Test
    void embeddingsSeq_withPooling_areOfSequences() {
        embeddingContext(1);
        float[] embeddings = new float[64];
        int[] n = new int[1];
        ok(api.contexts().embeddingsSeq(context, 0, embeddings, n));
        assertThat(n[0]).isEqualTo(64);
        assertThat(embeddings).doesNotContain(Float.NaN);
        refused(ERROR_ARGUMENT, api.contexts().embeddingsSeq(context, 1, embeddings, n), "sequence 1");
        for (int sequence : new int[] {-1, 2, Integer.MAX_VALUE}) {
            refused(ERROR_ARGUMENT, api.contexts().embeddingsSeq(context, sequence, embeddings, n), "" + sequence);
        }
        refused(ERROR_BUFFER, api.contexts().embeddingsSeq(context, 0, new float[3], n));
        refused(ERROR_ARGUMENT, api.contexts().embeddings(context, 0, embeddings, n), "sequences only");
    }

    @Test
    void contextSwitches_embeddingsAndCausality_takeEffect() {
        ok(api.contexts().setEmbeddings(context, 1));
        ok(decodeTokens(context, prompt));
        ok(api.contexts().embeddings(context, -1, new float[64], new int[1]));
        ok(api.contexts().setEmbeddings(context, 0));
        ok(api.memory().clear(context, 1));
        ok(decodeTokens(context, prompt));
        float[] causal = logits(context, -1, vocabSize);
        ok(api.contexts().setCausalAttention(context, 0));
        ok(api.memory().clear(context, 1));
        ok(decode(prompt.length, prompt, null, null, null, null));
        assertThat(logits(context, -1, vocabSize)).isNotEqualTo(causal);
    }
}
