package dev.tokapu.contract;

import static dev.tokapu.spi.NativeConstants.CONTEXT_F_COUNT;
import static dev.tokapu.spi.NativeConstants.CONTEXT_INFO_CAN_SHIFT;
import static dev.tokapu.spi.NativeConstants.CONTEXT_INFO_COUNT;
import static dev.tokapu.spi.NativeConstants.CONTEXT_INFO_HAS_MEMORY;
import static dev.tokapu.spi.NativeConstants.CONTEXT_INFO_N_BATCH;
import static dev.tokapu.spi.NativeConstants.CONTEXT_INFO_N_CTX;
import static dev.tokapu.spi.NativeConstants.CONTEXT_INFO_N_SEQ_MAX;
import static dev.tokapu.spi.NativeConstants.CONTEXT_INFO_N_THREADS;
import static dev.tokapu.spi.NativeConstants.CONTEXT_INFO_N_THREADS_BATCH;
import static dev.tokapu.spi.NativeConstants.CONTEXT_INFO_N_UBATCH;
import static dev.tokapu.spi.NativeConstants.CONTEXT_INFO_POOLING_TYPE;
import static dev.tokapu.spi.NativeConstants.CONTEXT_I_COUNT;
import static dev.tokapu.spi.NativeConstants.CONTEXT_I_EMBEDDINGS;
import static dev.tokapu.spi.NativeConstants.CONTEXT_I_N_CTX;
import static dev.tokapu.spi.NativeConstants.CONTEXT_I_POOLING_TYPE;
import static dev.tokapu.spi.NativeConstants.CONTEXT_I_TYPE_K;
import static dev.tokapu.spi.NativeConstants.CONTEXT_I_TYPE_V;
import static dev.tokapu.spi.NativeConstants.DECODE_NO_KV_SLOT;
import static dev.tokapu.spi.NativeConstants.ERROR_ARGUMENT;
import static dev.tokapu.spi.NativeConstants.ERROR_BUFFER;
import static dev.tokapu.spi.NativeConstants.ERROR_CONTEXT;
import static dev.tokapu.spi.NativeConstants.ERROR_HANDLE;
import static dev.tokapu.spi.NativeConstants.ERROR_MEMORY;
import static dev.tokapu.spi.NativeConstants.ERROR_UNSUPPORTED;
import static dev.tokapu.spi.NativeConstants.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        return api.decode(context, n, tokens, null, positions, nSeqIds, seqIds, outputs);
    }

    private static int[] filled(int n, int value) {
        int[] array = new int[n];
        Arrays.fill(array, value);
        return array;
    }

    private long info(int key) {
        long[] info = new long[CONTEXT_INFO_COUNT];
        ok(api.contextInfo(context, info));
        return info[key];
    }

    // --- options

    @Test
    void contextDefaults_wrongLength_isRefused() {
        refused(ERROR_ARGUMENT, api.contextDefaults(new long[3], new double[CONTEXT_F_COUNT]), "n_ints");
        refused(ERROR_ARGUMENT, api.contextDefaults(new long[CONTEXT_I_COUNT], new double[7]), "n_floats");
        refused(ERROR_ARGUMENT, api.contextDefaults(new long[0], new double[0]));
    }

    @Test
    void contextNew_arraysOfWrongLength_areRefused() {
        refused(ERROR_ARGUMENT, api.contextNew(model, new long[3], contextFloats(), new long[1]), "n_ints");
        refused(ERROR_ARGUMENT, api.contextNew(model, contextInts(), new double[1], new long[1]), "n_floats");
    }

    @Test
    void contextNew_everyIntegerOutOfRange_isRefused() {
        for (int key = 0; key < CONTEXT_I_COUNT; key++) {
            for (long bad : new long[] {Long.MIN_VALUE, -1000, Long.MAX_VALUE, 1L << 32}) {
                long[] ints = contextInts();
                ints[key] = bad;
                refused(ERROR_ARGUMENT, api.contextNew(model, ints, contextFloats(), new long[1]), "" + bad);
            }
        }
    }

    @Test
    void contextNew_everyFloatNotFinite_isRefused() {
        for (int key = 0; key < CONTEXT_F_COUNT; key++) {
            for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
                double[] floats = contextFloats();
                floats[key] = bad;
                refused(ERROR_ARGUMENT, api.contextNew(model, contextInts(), floats, new long[1]));
            }
        }
    }

    @Test
    void contextNew_tooLargeForTheMachine_isAnError() {
        long[] ints = contextInts();
        ints[CONTEXT_I_N_CTX] = Integer.MAX_VALUE - 256;
        ints[CONTEXT_I_TYPE_K] = 0;
        ints[CONTEXT_I_TYPE_V] = 0;
        long[] result = new long[1];
        int status = api.contextNew(model, ints, contextFloats(), result);
        if (status == OK) {
            ok(api.contextFree(result[0])); // an overcommitting machine with enough address space
        } else {
            assertThat(status).isIn(ERROR_ARGUMENT, ERROR_CONTEXT, ERROR_MEMORY);
        }
    }

    @Test
    void contextInfo_asAsked_tellsWhatIsInEffect() {
        assertThat(info(CONTEXT_INFO_N_CTX)).isEqualTo(256);
        assertThat(info(CONTEXT_INFO_N_BATCH)).isEqualTo(N_BATCH);
        assertThat(info(CONTEXT_INFO_N_UBATCH)).isEqualTo(N_BATCH);
        assertThat(info(CONTEXT_INFO_N_SEQ_MAX)).isEqualTo(2);
        assertThat(info(CONTEXT_INFO_N_THREADS)).isEqualTo(1);
        assertThat(info(CONTEXT_INFO_POOLING_TYPE)).isZero();
        assertThat(info(CONTEXT_INFO_HAS_MEMORY)).isEqualTo(1);
        assertThat(info(CONTEXT_INFO_CAN_SHIFT)).isEqualTo(1);
        refused(ERROR_ARGUMENT, api.contextInfo(context, new long[3]), "n_info");
    }

    @Test
    void contextSynchronize_afterDecode_succeeds_andAFreedContextIsRefused() {
        ok(api.contextSynchronize(context));
        ok(decode(1, new int[] {5}, null, null, null, null));
        ok(api.contextSynchronize(context));
        refused(ERROR_HANDLE, api.contextSynchronize(context + 1_000_000), "context");
    }

    @Test
    void contextSetThreads_inRange_isSeenAndKeepsTheResult() {
        ok(decodeTokens(context, prompt));
        float[] before = logits(context, -1, vocabSize);
        ok(api.contextSetThreads(context, 1, 2));
        assertThat(info(CONTEXT_INFO_N_THREADS)).isEqualTo(1);
        // As many as this process has processors, at most.
        assertThat(info(CONTEXT_INFO_N_THREADS_BATCH)).isBetween(1L, 2L);
        ok(api.memoryClear(context, 1));
        ok(decodeTokens(context, prompt));
        assertThat(logits(context, -1, vocabSize)).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "-1, 1", "100000, 1", "1, 2147483647"})
    void contextSetThreads_outOfRange_isRefused(int threads, int batchThreads) {
        refused(ERROR_ARGUMENT, api.contextSetThreads(context, threads, batchThreads), "threads");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2})
    void contextFlags_outOfRange_areRefused(int flag) {
        refused(ERROR_ARGUMENT, api.contextSetEmbeddings(context, flag), "embeddings");
        refused(ERROR_ARGUMENT, api.contextSetCausalAttention(context, flag), "causal");
        refused(ERROR_ARGUMENT, api.contextAbort(context, flag), "active");
    }

    // --- decode: what is refused

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 33, 64, Integer.MIN_VALUE})
    void decode_numberOfTokensOutOfRange_isRefused(int n) {
        refused(ERROR_ARGUMENT, decode(n, filled(64, 5), null, null, null, null), "n_tokens is " + n);
    }

    @Test
    void decode_neitherTokensNorEmbeddings_isRefused() {
        refused(ERROR_ARGUMENT, decode(1, null, null, null, null, null), "both are NULL");
        int status = api.decode(context, 1, new int[1], new float[64], null, null, null, null);
        refused(ERROR_ARGUMENT, status, "both were given");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1_000_000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void decode_tokenOutOfRange_isRefused(int token) {
        refused(ERROR_ARGUMENT, decode(2, new int[] {5, token}, null, null, null, null), "token 1", "" + token);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void decode_positionOutOfRange_isRefused(int position) {
        refused(ERROR_ARGUMENT, decode(1, new int[] {5}, new int[] {position}, null, null, null), "" + position);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void decode_sequenceOutOfRange_isRefused(int sequence) {
        int status = decode(1, new int[] {5}, null, new int[] {1}, new int[] {sequence}, null);
        refused(ERROR_ARGUMENT, status, "sequence " + sequence);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 3, Integer.MIN_VALUE})
    void decode_numberOfSequencesOutOfRange_isRefused(int n) {
        refused(
                ERROR_ARGUMENT,
                decode(1, new int[] {5}, null, new int[] {n}, new int[] {0, 1, 0}, null),
                "belongs to " + n + " sequences");
    }

    @Test
    void decode_sameSequenceTwiceOrHalfOfTheArrays_isRefused() {
        refused(ERROR_ARGUMENT, decode(1, new int[] {5}, null, new int[] {2}, new int[] {1, 1}, null), "twice");
        refused(ERROR_ARGUMENT, decode(1, new int[] {5}, null, new int[] {1}, null, null), "seq_ids");
        refused(ERROR_ARGUMENT, decode(1, new int[] {5}, null, null, new int[] {1}, null), "seq_ids");
    }

    @Test
    void decode_arraysTooShort_areRefusedInJava() {
        int[] two = {5, 6};
        int[] one = {0};
        assertThatThrownBy(() -> decode(2, one, null, null, null, null)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> decode(2, two, one, null, null, null)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> decode(2, two, null, one, two, null)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> decode(2, two, null, new int[] {1, 1}, one, null))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> decode(2, two, null, null, null, new byte[1]))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> api.encode(context, 2, one, null, null, null, null, null))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void decode_positionsWithAGap_isRefusedAndTheContextLivesOn() {
        ok(decodeTokens(context, prompt));
        assertThat(decode(1, new int[] {5}, new int[] {200}, null, null, null)).isEqualTo(ERROR_ARGUMENT);
        ok(decodeTokens(context, 5));
    }

    @Test
    void encode_modelWithoutEncoder_isUnsupported() {
        refused(
                ERROR_UNSUPPORTED,
                api.encode(context, prompt.length, prompt, null, null, null, null, null),
                "no encoder");
    }

    // --- decode: what works

    @Test
    void decode_promptAtOnceOrTokenByToken_givesTheSameToken() {
        ok(decodeTokens(context, prompt));
        int atOnce = argmax(logits(context, -1, vocabSize));
        ok(api.memoryClear(context, 1));
        for (int token : prompt) {
            ok(decodeTokens(context, token));
        }
        assertThat(argmax(logits(context, 0, vocabSize))).isEqualTo(atOnce);
    }

    @Test
    void decode_allArraysGiven_givesTheSameLogits() {
        ok(decodeTokens(context, prompt));
        float[] expected = logits(context, -1, vocabSize);
        ok(api.memoryClear(context, 1));
        int n = prompt.length;
        int[] positions = new int[n + 5];
        for (int i = 0; i < n; i++) {
            positions[i] = i;
        }
        byte[] outputs = new byte[n];
        outputs[n - 1] = 1;
        ok(decode(n, Arrays.copyOf(prompt, n + 9), positions, filled(n, 1), filled(n, 1), outputs));
        assertThat(logits(context, n - 1, vocabSize)).isEqualTo(expected);
    }

    @Test
    void decode_tokenInTwoSequences_isInBoth() {
        ok(decode(1, new int[] {5}, null, new int[] {2}, new int[] {0, 1}, null));
        int[] min = new int[1];
        int[] max = new int[1];
        for (int sequence = 0; sequence < 2; sequence++) {
            ok(api.memorySeqRange(context, sequence, min, max));
            assertThat(max[0]).isZero();
        }
    }

    @Test
    void decode_inputEmbeddings_work() {
        float[] embeddings = new float[3 * 64];
        for (int i = 0; i < embeddings.length; i++) {
            embeddings[i] = (i % 7) * 0.1f;
        }
        ok(api.decode(context, 3, null, embeddings, null, null, null, null));
        assertThat(logits(context, -1, vocabSize)).hasSize(vocabSize).doesNotContain(Float.NaN);
    }

    @Test
    void decode_moreThanTheContextHolds_saysNoSlotAndChangesNothing() {
        int[] full = filled(N_BATCH, 7);
        int status = OK;
        int decoded = 0;
        while (status == OK && decoded < 1000) {
            status = decodeTokens(context, full);
            decoded += status == OK ? N_BATCH : 0;
        }
        assertThat(status).isEqualTo(DECODE_NO_KV_SLOT);
        assertThat(decoded).isEqualTo(256);
        int[] max = new int[1];
        ok(api.memorySeqRange(context, 0, new int[1], max));
        assertThat(max[0]).isEqualTo(255);
        ok(api.memoryClear(context, 0));
        ok(decodeTokens(context, full));
    }

    // --- outputs

    @Test
    void logits_indexOutOfRangeOrNotAskedFor_isRefused() {
        float[] logits = new float[vocabSize];
        refused(ERROR_ARGUMENT, api.logits(context, -1, logits), "decode a batch first");
        ok(decode(3, new int[] {5, 6, 7}, null, null, null, new byte[] {1, 0, 1}));
        ok(api.logits(context, 0, logits));
        ok(api.logits(context, 2, logits));
        ok(api.logits(context, -1, logits));
        ok(api.logits(context, -2, logits));
        refused(ERROR_ARGUMENT, api.logits(context, 1, logits), "token 1");
        for (int index : new int[] {3, -3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            refused(ERROR_ARGUMENT, api.logits(context, index, logits), "" + index);
        }
    }

    @Test
    void logits_arrayTooSmall_isRefusedAndUntouched() {
        ok(decodeTokens(context, prompt));
        float[] small = new float[vocabSize - 1];
        refused(ERROR_BUFFER, api.logits(context, -1, small), "" + vocabSize);
        assertThat(small).containsOnly(0f);
        refused(ERROR_BUFFER, api.logits(context, -1, new float[0]));
    }

    @Test
    void embeddings_contextWithoutThem_areRefused() {
        ok(decodeTokens(context, prompt));
        refused(ERROR_ARGUMENT, api.embeddings(context, -1, new float[64], new int[1]), "embeddings = 1");
        refused(ERROR_ARGUMENT, api.embeddingsSeq(context, 0, new float[64], new int[1]));
    }

    private void embeddingContext(long pooling) {
        long[] ints = contextInts();
        ints[CONTEXT_I_EMBEDDINGS] = 1;
        ints[CONTEXT_I_POOLING_TYPE] = pooling;
        context = context(model, ints);
        ok(decodeTokens(context, prompt));
    }

    @Test
    void embeddings_withoutPooling_areOfTokens() {
        embeddingContext(0);
        float[] embeddings = new float[64];
        int[] n = new int[1];
        ok(api.embeddings(context, 0, embeddings, n));
        assertThat(n[0]).isEqualTo(64);
        float[] larger = new float[70];
        larger[64] = 42;
        ok(api.embeddings(context, 0, larger, n));
        assertThat(larger[64]).isEqualTo(42);
        assertThat(Arrays.copyOf(larger, 64)).isEqualTo(embeddings);
        refused(ERROR_BUFFER, api.embeddings(context, 0, new float[63], n), "64");
        refused(ERROR_ARGUMENT, api.embeddings(context, 99, embeddings, n), "99");
        refused(ERROR_ARGUMENT, api.embeddingsSeq(context, 0, embeddings, n), "tokens only");
    }

    @Test
    void embeddingsSeq_withPooling_areOfSequences() {
        embeddingContext(1);
        float[] embeddings = new float[64];
        int[] n = new int[1];
        ok(api.embeddingsSeq(context, 0, embeddings, n));
        assertThat(n[0]).isEqualTo(64);
        assertThat(embeddings).doesNotContain(Float.NaN);
        refused(ERROR_ARGUMENT, api.embeddingsSeq(context, 1, embeddings, n), "sequence 1");
        for (int sequence : new int[] {-1, 2, Integer.MAX_VALUE}) {
            refused(ERROR_ARGUMENT, api.embeddingsSeq(context, sequence, embeddings, n), "" + sequence);
        }
        refused(ERROR_BUFFER, api.embeddingsSeq(context, 0, new float[3], n));
        refused(ERROR_ARGUMENT, api.embeddings(context, 0, embeddings, n), "sequences only");
    }

    @Test
    void contextSwitches_embeddingsAndCausality_takeEffect() {
        ok(api.contextSetEmbeddings(context, 1));
        ok(decodeTokens(context, prompt));
        ok(api.embeddings(context, -1, new float[64], new int[1]));
        ok(api.contextSetEmbeddings(context, 0));
        ok(api.memoryClear(context, 1));
        ok(decodeTokens(context, prompt));
        float[] causal = logits(context, -1, vocabSize);
        ok(api.contextSetCausalAttention(context, 0));
        ok(api.memoryClear(context, 1));
        ok(decode(prompt.length, prompt, null, null, null, null));
        assertThat(logits(context, -1, vocabSize)).isNotEqualTo(causal);
    }
}
