package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_HANDLE;
import static dev.tokapu.spi.Status.ERROR_UNSUPPORTED;
import static dev.tokapu.spi.Status.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.ContextOptionI;
import dev.tokapu.spi.ModelInfoKey;
import dev.tokapu.spi.ModelOptionI;
import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hidden states, and the MTP heads that draft from them. */
class MtpContractIT extends Contract {

    private static final int[] TEXT = {5, 9, 17, 33, 8, 21};

    private static Path file;

    private long model;
    private long target;
    private long heads;
    private int vocabSize;

    @BeforeAll
    static void write() {
        file = TinyGguf.builder().mtpHead().build().write(temporaryFile());
    }

    @BeforeEach
    void create() {
        model = load(1);
        vocabSize = vocabSize(model);
        target = context(model);
        ok(api.contexts().setHiddenStates(target, 1, 0));
        heads = heads(model);
    }

    private long load(long heads) {
        return load(heads, file, "", 0);
    }

    private long load(long heads, Path from, String overrides, int n) {
        long[] options = modelOptions();
        options[ModelOptionI.LOAD_MTP] = heads;
        long[] loaded = new long[1];
        ok(api.models().load(paths(from), 1, options, utf8(overrides), n, 0, null, loaded));
        cleanup(() -> api.models().free(loaded[0]));
        return loaded[0];
    }

    private long heads(long of) {
        long[] context = new long[1];
        ok(api.contexts().newMtp(of, contextInts(), contextFloats(), context));
        cleanup(() -> api.contexts().free(context[0]));
        return context[0];
    }

    private int decode(long context, int[] tokens, int from, int sequence) {
        return api.contexts()
                .decode(
                        context,
                        tokens.length,
                        tokens,
                        null,
                        positions(from, tokens.length),
                        filled(tokens.length, 1),
                        filled(tokens.length, sequence),
                        null);
    }

    private int draft(int[] tokens, int from, int sequence, long source, int... rows) {
        return api.contexts()
                .decodeHidden(
                        heads,
                        tokens.length,
                        tokens,
                        positions(from, tokens.length),
                        filled(tokens.length, 1),
                        filled(tokens.length, sequence),
                        null,
                        source,
                        rows);
    }

    /** The logits of the head behind the text and one token more, the model having read the text alone. */
    private float[] expected() {
        ok(decode(target, TEXT, 0, 0));
        ok(draft(
                new int[] {TEXT[0], TEXT[1], TEXT[2], TEXT[3], TEXT[4], TEXT[5], 7},
                0,
                0,
                target,
                -1,
                0,
                1,
                2,
                3,
                4,
                5));
        float[] logits = logits(heads, -1, vocabSize);
        ok(api.memory().clear(target, 1));
        ok(api.memory().clear(heads, 1));
        return logits;
    }

    @Test
    void decodeHidden_aTextInTwoSteps_isTheSameAsInOne() {
        float[] expected = expected();
        ok(decode(target, new int[] {TEXT[0], TEXT[1], TEXT[2]}, 0, 0));
        ok(draft(new int[] {TEXT[0], TEXT[1], TEXT[2], TEXT[3]}, 0, 0, target, -1, 0, 1, 2));
        ok(decode(target, new int[] {TEXT[3], TEXT[4], TEXT[5]}, 3, 0));
        ok(draft(new int[] {TEXT[4], TEXT[5], 7}, 4, 0, target, 0, 1, 2));

        assertThat(distance(logits(heads, -1, vocabSize), expected)).isLessThan(1e-3f);
        assertThat(expected).doesNotContain(Float.NaN);
    }

    @Test
    void decodeHidden_fromItsOwnStates_goesOn() {
        expected();
        ok(decode(target, TEXT, 0, 0));
        ok(draft(new int[] {TEXT[0], 7}, 0, 0, target, -1, 5));
        float[] first = logits(heads, -1, vocabSize);
        ok(draft(new int[] {11}, 2, 0, heads, 1));

        assertThat(logits(heads, -1, vocabSize)).isNotEqualTo(first).doesNotContain(Float.NaN);
        refused(ERROR_ARGUMENT, draft(new int[] {11}, 3, 0, heads, 1), "row 0");
        ok(draft(new int[] {11, 12}, 3, 0, target, 0, 1));
        refused(ERROR_ARGUMENT, draft(new int[] {11}, 5, 0, heads, 0), "token 0");
    }

    /** Where sequences have buffers of their own, llama.cpp computes tokens in another order than that of the batch. */
    @Test
    void decodeHidden_sequencesOfABatchInAnotherOrder_haveTheirOwnStates() {
        float[] expected = expected();
        long[] ints = contextInts();
        ints[ContextOptionI.KV_UNIFIED] = 0;
        target = context(model, ints);
        ok(api.contexts().setHiddenStates(target, 1, 0));
        int[] tokens = {TEXT[0], TEXT[1], TEXT[2], TEXT[3], TEXT[4], TEXT[5], 40, 41};
        int[] positions = {0, 1, 2, 3, 4, 5, 0, 1};
        int[] sequences = {0, 0, 0, 0, 0, 0, 1, 1};
        byte[] outputs = {0, 0, 0, 0, 0, 1, 1, 1};
        ok(api.contexts().decode(target, 8, tokens, null, positions, filled(8, 1), sequences, outputs));
        ok(api.contexts().logits(target, 7, new float[vocabSize])); // exchanges outputs
        ok(draft(
                new int[] {TEXT[0], TEXT[1], TEXT[2], TEXT[3], TEXT[4], TEXT[5], 7},
                0,
                0,
                target,
                -1,
                0,
                1,
                2,
                3,
                4,
                5));

        assertThat(distance(logits(heads, -1, vocabSize), expected)).isLessThan(1e-3f);
    }

    @Test
    void decodeHidden_rowsThatAreNotThere_areRefused() {
        refused(ERROR_UNSUPPORTED, draft(new int[] {7}, 0, 0, target, 0), "row 0", "0 tokens");
        ok(decode(target, TEXT, 0, 0));
        for (int row : new int[] {-2, TEXT.length, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            refused(ERROR_ARGUMENT, draft(new int[] {7}, 0, 0, target, row), "" + row);
        }
        ok(api.contexts().setHiddenStates(target, 0, 0));
        ok(decode(target, TEXT, TEXT.length, 0));
        refused(ERROR_UNSUPPORTED, draft(new int[] {7}, 0, 0, target, 0), "tokapu_context_set_hidden_states");
        ok(draft(new int[] {7}, 0, 0, target, -1));
        assertThatThrownBy(() -> draft(new int[] {7, 8}, 0, 0, target, -1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void decodeHidden_sourceThatIsClosedOrOfAnotherModel_isRefused() {
        refused(ERROR_HANDLE, draft(new int[] {7}, 0, 0, target + 1_000_000, -1), "context");
        refused(ERROR_HANDLE, draft(new int[] {7}, 0, 0, model, -1), "context");
        long other = context(load(1));
        refused(ERROR_ARGUMENT, draft(new int[] {7}, 0, 0, other, -1), "another model");
        refused(ERROR_ARGUMENT, draft(new int[] {7}, 0, 0, heads(model), -1), "another context that drafts");
        ok(draft(new int[] {7}, 0, 0, target, -1));
    }

    @Test
    void decodeHidden_contextsOfTheOtherKind_areRefused() {
        refused(ERROR_UNSUPPORTED, decode(heads, TEXT, 0, 0), "tokapu_decode_hidden");
        refused(
                ERROR_UNSUPPORTED,
                api.contexts().decodeHidden(target, 1, new int[] {7}, null, null, null, null, target, new int[] {-1}),
                "tokapu_context_new_mtp");
        refused(ERROR_UNSUPPORTED, api.contexts().setHiddenStates(heads, 1, 0), "drafts from hidden states");
        refused(ERROR_UNSUPPORTED, api.contexts().setEmbeddings(heads, 1), "drafts from hidden states");
        refused(ERROR_UNSUPPORTED, api.contexts().setEmbeddings(target, 1), "hidden states");
        refused(ERROR_ARGUMENT, draft(new int[] {vocabSize}, 0, 0, target, -1), "" + vocabSize);
        refused(ERROR_ARGUMENT, draft(new int[] {7}, 0, 2, target, -1), "sequence 2");
    }

    @Test
    void newMtp_modelWithoutHeads_isRefused() {
        assertThat(modelInfo(model, ModelInfoKey.N_LAYER_NEXTN)).isEqualTo(1);
        refusedHeads(model(), "no MTP heads");
        refusedHeads(load(0), "load_mtp");
        long[] ints = contextInts();
        ints[ContextOptionI.EMBEDDINGS] = 1;
        refused(ERROR_ARGUMENT, api.contexts().newMtp(model, ints, contextFloats(), new long[1]), "embeddings");
        long embedding = context(model, ints);
        refused(ERROR_UNSUPPORTED, api.contexts().setHiddenStates(embedding, 1, 0), "embeddings");
        for (int flag : new int[] {-1, 2}) {
            refused(ERROR_ARGUMENT, api.contexts().setHiddenStates(target, flag, 0), "hidden_states");
        }
    }

    /** The graphs of heads read as many floats of each row as embeddings have, far behind shorter ones. */
    @Test
    void newMtp_rowsOfAnotherWidth_areRefused() {
        for (String width : new String[] {"1", "4096"}) {
            refusedHeads(
                    load(1, file, "glm4moe.embedding_length_out\0" + "0\0" + width + "\0", 1), "embedding_length_out");
        }
    }

    @Test
    void newMtp_severalHeadsOfWhichLlamaCppComputesNone_isRefused() {
        refusedHeads(load(0, file, "glm4moe.nextn_predict_layers\0" + "0\0" + "2\0", 1), "2 MTP heads");
    }

    @Test
    void newMtp_fileWithoutTheTensorsOfItsHead_isNotToldToLoadThem() {
        Path without = TinyGguf.builder()
                .mtpHead()
                .omitTensor("blk.2.nextn.eh_proj.weight")
                .build()
                .write(temporaryFile());
        refusedHeads(load(1, without, "", 0), "no tensors");
    }

    /** Their states do not fit. */
    @Test
    void contextStateKey_ofHeads_isNotThatOfTheModel() {
        String key = text((buf, n) -> api.states().contextStateKey(heads, buf, n));
        assertThat(key).isNotEqualTo(text((buf, n) -> api.states().contextStateKey(target, buf, n)));
        long other = heads(model);
        assertThat(text((buf, n) -> api.states().contextStateKey(other, buf, n)))
                .isEqualTo(key);
    }

    private void refusedHeads(long of, String reason) {
        refused(ERROR_UNSUPPORTED, api.contexts().newMtp(of, contextInts(), contextFloats(), new long[1]), reason);
        refused(ERROR_UNSUPPORTED, api.contexts().setHiddenStates(context(of), 1, 0), reason);
    }

    @Test
    void setHiddenStates_onAndOff_keepsTheLogits() {
        ok(decode(target, TEXT, 0, 0));
        float[] with = logits(target, -1, vocabSize);
        ok(api.contexts().setHiddenStates(target, 0, 0));
        ok(api.memory().clear(target, 1));
        assertThat(decode(target, TEXT, 0, 0)).isEqualTo(OK);
        assertThat(distance(logits(target, -1, vocabSize), with)).isLessThan(1e-3f);
    }
}
