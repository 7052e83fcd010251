package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_HANDLE;
import static dev.tokapu.spi.Status.ERROR_UNSUPPORTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.ContextOptionI;
import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** EAGLE-3 draft models, which draft from hidden states of several layers of another model. */
class Eagle3ContractIT extends Contract {

    private static final int[] TEXT = {5, 9, 17, 33, 8, 21};
    private static final int[] NEXT = {9, 17, 33, 8, 21, 7}; // behind each token of the text

    private static final byte[] ALL = {1, 1, 1, 1, 1, 1};

    private static Path targetFile;
    private static Path draftFile;

    private long targetModel;
    private long draftModel;
    private long target;
    private long drafts;
    private int vocabSize;

    @BeforeAll
    static void write() {
        targetFile = TinyGguf.builder().turns().build().write(temporaryFile());
        draftFile = TinyGguf.builder().eagle3(0, 0).build().write(temporaryFile());
    }

    @BeforeEach
    void create() {
        targetModel = load(targetFile, "", 0);
        draftModel = load(draftFile, "", 0);
        vocabSize = vocabSize(targetModel);
        target = context(targetModel);
        ok(api.contexts().setHiddenStates(target, 1, draftModel));
        drafts = drafts(draftModel, target);
    }

    private long load(Path file, String overrides, int n) {
        long[] loaded = new long[1];
        ok(api.models().load(paths(file), 1, modelOptions(), utf8(overrides), n, 0, null, loaded));
        cleanup(() -> api.models().free(loaded[0]));
        return loaded[0];
    }

    private long load(TinyGguf.Builder draft) {
        return load(draft.build().write(temporaryFile()), "", 0);
    }

    private long drafts(long of, long source) {
        long[] context = new long[1];
        ok(api.contexts().newEagle3(of, source, contextInts(), contextFloats(), context));
        cleanup(() -> api.contexts().free(context[0]));
        return context[0];
    }

    private int decode(long context, int[] tokens, int from) {
        return api.contexts()
                .decode(
                        context,
                        tokens.length,
                        tokens,
                        null,
                        positions(from, tokens.length),
                        filled(tokens.length, 1),
                        filled(tokens.length, 0),
                        null);
    }

    private int draft(int[] tokens, int from, long source, int... rows) {
        return api.contexts()
                .decodeHidden(
                        drafts,
                        tokens.length,
                        tokens,
                        positions(from, tokens.length),
                        filled(tokens.length, 1),
                        filled(tokens.length, 0),
                        ALL,
                        source,
                        rows);
    }

    private float[] expected() {
        ok(decode(target, TEXT, 0));
        ok(draft(NEXT, 0, target, 0, 1, 2, 3, 4, 5));
        float[] logits = logits(drafts, -1, vocabSize);
        ok(api.memory().clear(target, 1));
        ok(api.memory().clear(drafts, 1));
        return logits;
    }

    @Test
    void decodeHidden_aTextInTwoSteps_isTheSameAsInOne() {
        float[] expected = expected();
        ok(decode(target, Arrays.copyOf(TEXT, 3), 0));
        ok(draft(Arrays.copyOf(NEXT, 3), 0, target, 0, 1, 2));
        ok(decode(target, Arrays.copyOfRange(TEXT, 3, 6), 3));
        ok(draft(Arrays.copyOfRange(NEXT, 3, 6), 3, target, 0, 1, 2));

        assertThat(distance(logits(drafts, -1, vocabSize), expected)).isLessThan(1e-3f);
        assertThat(expected).doesNotContain(Float.NaN);
    }

    /** The encoder takes a micro-batch at a time. */
    @Test
    void decodeHidden_moreTokensThanAMicroBatch_isTheSame() {
        float[] expected = expected();
        long[] ints = contextInts();
        ints[ContextOptionI.N_UBATCH] = 4;
        long[] context = new long[1];
        ok(api.contexts().newEagle3(draftModel, target, ints, contextFloats(), context));
        cleanup(() -> api.contexts().free(context[0]));
        drafts = context[0];
        ok(decode(target, TEXT, 0));
        ok(draft(NEXT, 0, target, 0, 1, 2, 3, 4, 5));

        assertThat(distance(logits(drafts, -1, vocabSize), expected)).isLessThan(1e-3f);
    }

    /** llama.cpp gives the logits of other tokens then. */
    @Test
    void decodeHidden_outputsOfSomeTokens_areRefused() {
        ok(decode(target, TEXT, 0));
        int[] rows = {0, 1};
        for (byte[] outputs : new byte[][] {{0, 1}, {1, 0}, null}) {
            refused(
                    ERROR_ARGUMENT,
                    api.contexts().decodeHidden(drafts, 2, NEXT, null, null, null, outputs, target, rows),
                    "1 of 2");
        }
        ok(api.contexts().decodeHidden(drafts, 2, NEXT, null, null, null, new byte[2], target, rows));
    }

    @Test
    void decodeHidden_fromItsOwnStates_goesOn() {
        ok(decode(target, TEXT, 0));
        ok(draft(NEXT, 0, target, 0, 1, 2, 3, 4, 5));
        float[] first = logits(drafts, -1, vocabSize);
        ok(draft(new int[] {11}, 6, drafts, 5));

        assertThat(logits(drafts, -1, vocabSize)).isNotEqualTo(first).doesNotContain(Float.NaN);
        refused(ERROR_ARGUMENT, draft(new int[] {11}, 7, drafts, 1), "is 1");
    }

    /** Where sequences have buffers of their own, llama.cpp computes tokens in another order than that of the batch. */
    @Test
    void decodeHidden_sequencesOfABatchInAnotherOrder_haveTheirOwnStates() {
        float[] expected = expected();
        long[] ints = contextInts();
        ints[ContextOptionI.KV_UNIFIED] = 0;
        target = context(targetModel, ints);
        ok(api.contexts().setHiddenStates(target, 1, draftModel));
        int[] tokens = {TEXT[0], TEXT[1], TEXT[2], TEXT[3], TEXT[4], TEXT[5], 40, 41};
        int[] positions = {0, 1, 2, 3, 4, 5, 0, 1};
        int[] sequences = {0, 0, 0, 0, 0, 0, 1, 1};
        byte[] outputs = {0, 0, 0, 0, 0, 1, 1, 1};
        ok(api.contexts().decode(target, 8, tokens, null, positions, filled(8, 1), sequences, outputs));
        ok(api.contexts().logits(target, 7, new float[vocabSize])); // exchanges outputs
        ok(draft(NEXT, 0, target, 0, 1, 2, 3, 4, 5));

        assertThat(distance(logits(drafts, -1, vocabSize), expected)).isLessThan(1e-3f);
    }

    /** Tokens that it does not say are impossible. */
    @Test
    void decodeHidden_withItsOwnTokens_saysNoOthers() {
        float[] shared = expected();
        drafts = drafts(load(TinyGguf.builder().eagle3(40, 300)), target);
        ok(decode(target, TEXT, 0));
        ok(draft(NEXT, 0, target, 0, 1, 2, 3, 4, 5));
        float[] logits = logits(drafts, -1, vocabSize);
        for (int token = 0; token < vocabSize; token++) {
            if (token < 300 || token >= 340) {
                assertThat(logits[token]).as("token %d", token).isEqualTo(Float.NEGATIVE_INFINITY);
            } else {
                assertThat(logits[token]).isBetween(shared[token] - 1e-3f, shared[token] + 1e-3f);
            }
        }
    }

    @Test
    void decodeHidden_rowsAndSourcesThatAreNotThere_areRefused() {
        refused(ERROR_UNSUPPORTED, draft(new int[] {7}, 0, target, 0), "row 0", "0 tokens");
        ok(decode(target, TEXT, 0));
        for (int row : new int[] {-2, TEXT.length, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            refused(ERROR_ARGUMENT, draft(new int[] {7}, 0, target, row), "" + row);
        }
        refused(ERROR_ARGUMENT, draft(new int[] {vocabSize}, 0, target, 0), "" + vocabSize);
        refused(ERROR_HANDLE, draft(new int[] {7}, 0, target + 1_000_000, -1), "context");
        refused(ERROR_ARGUMENT, draft(new int[] {7}, 0, drafts(draftModel, target), -1), "another model");
        refused(ERROR_ARGUMENT, draft(new int[] {7}, 0, context(load(targetFile, "", 0)), -1), "another model");
        ok(draft(new int[] {7}, 0, target, -1));
        ok(api.contexts().setHiddenStates(target, 0, 0));
        refused(ERROR_UNSUPPORTED, draft(new int[] {7}, 1, target, 0), "0 tokens");
        ok(decode(target, TEXT, TEXT.length));
        refused(ERROR_UNSUPPORTED, draft(new int[] {7}, 1, target, 0), "tokapu_context_set_hidden_states");
    }

    @Test
    void decodeHidden_sourceThatKeepsOtherLayers_isRefused() {
        long other = load(TinyGguf.builder().eagle3(0, 0).metadata("eagle3.target_layers", new int[] {1, 0, 1}));
        ok(api.contexts().setHiddenStates(target, 1, other));
        ok(decode(target, TEXT, 0));
        refused(ERROR_ARGUMENT, draft(new int[] {7}, 0, target, 0), "another draft model");
        ok(api.contexts().setHiddenStates(target, 1, draftModel));
        refused(ERROR_UNSUPPORTED, draft(new int[] {7}, 0, target, 0), "0 tokens");
    }

    /** Its tensors are used. */
    @Test
    void context_ofATargetThatIsFreed_goesOnFromItsOwnStates() {
        ok(decode(target, TEXT, 0));
        ok(draft(NEXT, 0, target, 0, 1, 2, 3, 4, 5));
        ok(api.contexts().free(target));
        ok(api.models().free(targetModel));
        ok(draft(new int[] {11}, 6, drafts, 5));
        assertThat(logits(drafts, -1, vocabSize)).doesNotContain(Float.NaN);
        refused(ERROR_HANDLE, draft(new int[] {11}, 7, target, -1), "context");
    }

    @Test
    void calls_ofOtherKinds_areRefused() {
        refused(ERROR_UNSUPPORTED, decode(drafts, TEXT, 0), "tokapu_decode_hidden");
        refused(
                ERROR_UNSUPPORTED,
                api.contexts().encode(drafts, 1, new int[] {7}, null, null, null, null, null),
                "tokapu_decode_hidden");
        refused(
                ERROR_UNSUPPORTED,
                api.contexts().decodeHidden(target, 1, new int[] {7}, null, null, null, null, target, new int[] {-1}),
                "tokapu_context_new_eagle3");
        refused(ERROR_UNSUPPORTED, api.contexts().setHiddenStates(drafts, 1, draftModel), "drafts from hidden states");
        refused(ERROR_UNSUPPORTED, api.contexts().setEmbeddings(drafts, 1), "drafts from hidden states");
        refused(ERROR_UNSUPPORTED, api.contexts().setEmbeddings(target, 1), "hidden states");
        refused(
                ERROR_UNSUPPORTED,
                api.contexts().create(draftModel, contextInts(), contextFloats(), new long[1]),
                "tokapu_context_new_eagle3");
        refused(ERROR_UNSUPPORTED, api.contexts().setHiddenStates(target, 1, targetModel), "architecture llama");
        refused(ERROR_HANDLE, api.contexts().setHiddenStates(target, 1, target), "model");
        refusedDrafts(targetModel, target, ERROR_UNSUPPORTED, "architecture llama");
        refusedDrafts(draftModel, drafts, ERROR_ARGUMENT, "drafts itself");
        refusedDrafts(draftModel, draftModel, ERROR_HANDLE, "context");
        long[] ints = contextInts();
        ints[ContextOptionI.EMBEDDINGS] = 1;
        refused(
                ERROR_ARGUMENT,
                api.contexts().newEagle3(draftModel, target, ints, contextFloats(), new long[1]),
                "embeddings");
    }

    private void refusedDrafts(long of, long source, int status, String reason) {
        refused(status, api.contexts().newEagle3(of, source, contextInts(), contextFloats(), new long[1]), reason);
    }

    /** llama.cpp ends the process for some of these, on a compute thread. */
    @Test
    void newEagle3_modelsThatDoNotFit_areRefused() {
        for (int[] layers : new int[][] {{0, 1, 3}, {-1, 0, 1}, {0, Integer.MAX_VALUE, 1}}) {
            long other = load(TinyGguf.builder().eagle3(0, 0).metadata("eagle3.target_layers", layers));
            refusedDrafts(other, target, ERROR_ARGUMENT, "reads layer");
            refused(ERROR_ARGUMENT, api.contexts().setHiddenStates(target, 1, other), "reads layer");
        }
        long last = load(TinyGguf.builder().eagle3(0, 0).metadata("eagle3.target_layers", new int[] {0, 1, 2}));
        refusedDrafts(last, target, ERROR_UNSUPPORTED, "last layer");
        refusedDrafts(
                load(TinyGguf.builder().eagle3(2, vocabSize - 1)), target, ERROR_UNSUPPORTED, "token " + vocabSize);
        refusedDrafts(load(TinyGguf.builder().eagle3(2, -1)), target, ERROR_UNSUPPORTED, "token -1");
        refusedDrafts(
                load(TinyGguf.builder().furtherToken("more").eagle3(0, 0)),
                target,
                ERROR_ARGUMENT,
                "the target's model");
        for (String width : new String[] {"1", "4096"}) {
            long other = load(draftFile, "eagle3.embedding_length_out\0" + "0\0" + width + "\0", 1);
            refusedDrafts(other, target, ERROR_UNSUPPORTED, "embedding_length_out");
        }
        long mtp = context(load(TinyGguf.builder().mtpHead()));
        refusedDrafts(draftModel, mtp, ERROR_UNSUPPORTED, "architecture glm4moe");
    }

    @Test
    void contextStateKey_isNotThatOfTheTarget() {
        String key = text((buf, n) -> api.states().contextStateKey(drafts, buf, n));
        assertThat(key).isNotEqualTo(text((buf, n) -> api.states().contextStateKey(target, buf, n)));
    }
}
