package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_UNSUPPORTED;
import static dev.tokapu.spi.Status.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.DecodeStatus;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What decode and encode refuse, and what they do. */
class DecodeContractIT extends Contract {

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

    // --- decode: what is refused

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 33, 64, Integer.MIN_VALUE})
    void decode_numberOfTokensOutOfRange_isRefused(int n) {
        refused(ERROR_ARGUMENT, decode(n, filled(64, 5), null, null, null, null), "n_tokens is " + n);
    }

    @Test
    void decode_neitherTokensNorEmbeddings_isRefused() {
        refused(ERROR_ARGUMENT, decode(1, null, null, null, null, null), "both are NULL");
        int status = api.contexts().decode(context, 1, new int[1], new float[64], null, null, null, null);
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
        assertThatThrownBy(() -> api.contexts().encode(context, 2, one, null, null, null, null, null))
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
                api.contexts().encode(context, prompt.length, prompt, null, null, null, null, null),
                "no encoder");
    }

    // --- decode: what works

    @Test
    void decode_promptAtOnceOrTokenByToken_givesTheSameToken() {
        ok(decodeTokens(context, prompt));
        int atOnce = argmax(logits(context, -1, vocabSize));
        ok(api.memory().clear(context, 1));
        for (int token : prompt) {
            ok(decodeTokens(context, token));
        }
        assertThat(argmax(logits(context, 0, vocabSize))).isEqualTo(atOnce);
    }

    @Test
    void decode_allArraysGiven_givesTheSameLogits() {
        ok(decodeTokens(context, prompt));
        float[] expected = logits(context, -1, vocabSize);
        ok(api.memory().clear(context, 1));
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
            ok(api.memory().seqRange(context, sequence, min, max));
            assertThat(max[0]).isZero();
        }
    }

    @Test
    void decode_inputEmbeddings_work() {
        float[] embeddings = new float[3 * 64];
        for (int i = 0; i < embeddings.length; i++) {
            embeddings[i] = (i % 7) * 0.1f;
        }
        ok(api.contexts().decode(context, 3, null, embeddings, null, null, null, null));
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
        assertThat(status).isEqualTo(DecodeStatus.NO_KV_SLOT);
        assertThat(decoded).isEqualTo(256);
        int[] max = new int[1];
        ok(api.memory().seqRange(context, 0, new int[1], max));
        assertThat(max[0]).isEqualTo(255);
        ok(api.memory().clear(context, 0));
        ok(decodeTokens(context, full));
    }
}
