package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_HANDLE;
import static dev.tokapu.spi.Status.ERROR_UNSUPPORTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.ModelInfoKey;
import dev.tokapu.spi.ModelOptionI;
import dev.tokapu.testsupport.TinyGguf;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The options of models, what they say about themselves, and their end. */
class ModelContractIT extends Contract {

    private static final byte[] NONE = new byte[0];

    // --- options

    @Test
    void modelDefaults_wrongLength_isRefused() {
        refused(ERROR_ARGUMENT, api.models().defaults(new long[ModelOptionI.COUNT - 1]), "n_options");
        refused(ERROR_ARGUMENT, api.models().defaults(new long[ModelOptionI.COUNT + 1]), "n_options");
        refused(ERROR_ARGUMENT, api.models().defaults(new long[0]));
    }

    @ParameterizedTest
    @CsvSource({"0, -2", "0, 5", "1, -1", "1, 3", "2, 2", "2, -1", "3, 2", "4, -1", "4, 9223372036854775807"})
    void modelLoad_optionOutOfRange_isRefused(int key, long value) {
        long[] options = modelOptions();
        options[key] = value;
        int status = api.models().load(paths(tinyModel()), 1, options, NONE, 0, 0, null, new long[1]);
        refused(ERROR_ARGUMENT, status, "" + value);
    }

    @Test
    void modelLoad_optionsOfWrongLength_areRefused() {
        refused(ERROR_ARGUMENT, api.models().load(paths(tinyModel()), 1, new long[1], NONE, 0, 0, null, new long[1]));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void modelLoad_loadModes_giveTheSameModel(long mode) {
        long[] options = modelOptions();
        options[ModelOptionI.LOAD_MODE] = mode;
        options[ModelOptionI.CHECK_TENSORS] = 1;
        long[] model = new long[1];
        ok(api.models().load(paths(tinyModel()), 1, options, NONE, 0, 0, null, model));
        cleanup(() -> api.models().free(model[0]));
        assertThat(vocabSize(model[0])).isPositive();
    }

    @Test
    void modelLoad_vocabOnly_tokenizesAndRefusesContexts() {
        long[] options = modelOptions();
        options[ModelOptionI.VOCAB_ONLY] = 1;
        long[] model = new long[1];
        ok(api.models().load(paths(tinyModel()), 1, options, NONE, 0, 0, null, model));
        cleanup(() -> api.models().free(model[0]));

        assertThat(tokenize(model[0], "the end")).isNotEmpty();
        refused(
                ERROR_UNSUPPORTED,
                api.contexts().create(model[0], contextInts(), contextFloats(), new long[1]),
                "vocab_only");
    }

    // --- overrides

    private int loadWith(String overrides, int n, long[] model) {
        return api.models().load(paths(tinyModel()), 1, modelOptions(), utf8(overrides), n, 0, null, model);
    }

    @Test
    void modelLoad_overrides_areSeen() {
        long[] model = new long[1];
        ok(loadWith("llama.context_length\0" + "0\0" + "77\0general.name\0" + "3\0Other \u00e9\0", 2, model));
        cleanup(() -> api.models().free(model[0]));
        assertThat(modelInfo(model[0], ModelInfoKey.N_CTX_TRAIN)).isEqualTo(77);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "k\0" + "0\0x\0",
                "k\0" + "1\0nan\0",
                "k\0" + "2\0maybe\0",
                "k\0" + "9\0x\0",
                "\0" + "0\0" + "1\0"
            })
    void modelLoad_malformedOverride_isRefused(String override) {
        refused(ERROR_ARGUMENT, loadWith(override, 1, new long[1]), "override");
    }

    @Test
    void modelLoad_overrideCountOutOfRange_isRefused() {
        refused(ERROR_ARGUMENT, loadWith("", -1, new long[1]), "n_overrides");
        assertThatThrownBy(() -> loadWith("k\0" + "0\0", 1, new long[1])).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> loadWith("", Integer.MAX_VALUE, new long[1]))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    // --- information

    @Test
    void modelInfo_tinyModel_isWhatTheFileSays() {
        long model = model();
        assertThat(modelInfo(model, ModelInfoKey.N_EMBD)).isEqualTo(64);
        assertThat(modelInfo(model, ModelInfoKey.N_LAYER)).isEqualTo(2);
        assertThat(modelInfo(model, ModelInfoKey.N_HEAD)).isEqualTo(4);
        assertThat(modelInfo(model, ModelInfoKey.N_HEAD_KV)).isEqualTo(2);
        assertThat(modelInfo(model, ModelInfoKey.N_CTX_TRAIN)).isEqualTo(512);
        assertThat(modelInfo(model, ModelInfoKey.SIZE)).isEqualTo(4 * modelInfo(model, ModelInfoKey.N_PARAMS));
        assertThat(modelInfo(model, ModelInfoKey.HAS_DECODER)).isEqualTo(1);
        assertThat(modelInfo(model, ModelInfoKey.HAS_ENCODER)).isZero();
        assertThat(modelInfo(model, ModelInfoKey.BOS)).isEqualTo(1);
        assertThat(modelInfo(model, ModelInfoKey.EOS)).isEqualTo(2);
        assertThat(modelInfo(model, ModelInfoKey.FIM_PRE)).isEqualTo(-1);
        assertThat(modelInfo(model, ModelInfoKey.ADD_BOS)).isEqualTo(1);
    }

    @Test
    void modelInfo_wrongLength_isRefused() {
        long model = model();
        refused(ERROR_ARGUMENT, api.models().info(model, new long[ModelInfoKey.COUNT - 1]), "n_info");
        refused(ERROR_ARGUMENT, api.models().info(model, new long[0]));
    }

    @Test
    void modelDescription_tinyModel_namesArchitectureAndType() {
        long model = model();
        assertThat(text((buf, length) -> api.models().description(model, buf, length)))
                .contains("llama", "F32");
    }

    @Test
    void modelMeta_allEntries_areKeysAndValues() {
        long model = model();
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < modelInfo(model, ModelInfoKey.N_META); i++) {
            int index = i;
            all.put(
                    text((buf, length) -> api.models().metaKey(model, index, buf, length)),
                    text((buf, length) -> api.models().metaValue(model, index, buf, length)));
        }
        assertThat(all)
                .containsEntry("general.name", "Tiny Random")
                .containsEntry("tokenizer.chat_template", TinyGguf.CHAT_TEMPLATE);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 10_000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void modelMeta_indexOutOfRange_isRefused(int index) {
        long model = model();
        refused(ERROR_ARGUMENT, api.models().metaKey(model, index, new byte[9], new int[1]), "" + index);
        refused(ERROR_ARGUMENT, api.models().metaValue(model, index, new byte[9], new int[1]), "" + index);
        refused(ERROR_ARGUMENT, api.models().clsLabel(model, index, new byte[9], new int[1]), "" + index);
    }

    // --- freeing

    @Test
    void modelFree_childrenFirstOrLast_bothWork() {
        long model = model();
        long context = context(model);
        long sampler = sampler(model);
        ok(api.samplers().addGreedy(sampler));
        int[] prompt = tokenize(model, "the ring");

        ok(api.models().free(model));

        ok(decodeTokens(context, prompt));
        ok(api.samplers().sample(sampler, context, -1, new int[1]));
        assertThat(api.models().free(model)).isEqualTo(ERROR_HANDLE);
        ok(api.contexts().free(context));
        ok(api.samplers().free(sampler));
    }
}
