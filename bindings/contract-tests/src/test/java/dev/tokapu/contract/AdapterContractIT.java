package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_BUFFER;
import static dev.tokapu.spi.Status.ERROR_HANDLE;
import static dev.tokapu.spi.Status.ERROR_MODEL;
import static dev.tokapu.spi.Status.ERROR_UNSUPPORTED;
import static dev.tokapu.spi.Status.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.ModelOptionI;
import dev.tokapu.testsupport.LoraWriter;
import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterContractIT extends Contract {

    private static final int[] PROMPT = {5, 6, 7, 8, 9};
    private static final int COLUMNS = 64;

    private int set(long context, float scale, long... adapters) {
        float[] scales = new float[adapters.length];
        Arrays.fill(scales, scale);
        return api.adapters().contextSetAdapters(context, adapters, scales, adapters.length);
    }

    private float[] logits(long context, int vocabSize) {
        ok(api.memory().clear(context, 1));
        ok(decodeTokens(context, PROMPT));
        return logits(context, -1, vocabSize);
    }

    private int load(long model, byte[] content, long[] adapter) {
        Path file = TinyGguf.write(temporaryFile(), content);
        return api.adapters().load(model, utf8(file.toString()), adapter);
    }

    private void refusedFile(LoraWriter content, String... fragments) {
        long[] adapter = {-7};
        refused(ERROR_MODEL, load(model(), content.bytes(), adapter), fragments);
        assertThat(adapter).containsExactly(-7);
    }

    @Test
    void adapter_whatItSays_isWhatTheFileHolds() {
        long adapter = adapter(model(), LoraWriter.ofTiny(3).invocationTokens(5, 6, 7));
        int[] count = new int[1];
        ok(api.adapters().metaCount(adapter, count));
        Map<String, String> metadata = new TreeMap<>();
        for (int i = 0; i < count[0]; i++) {
            int index = i;
            metadata.put(
                    text((buf, n) -> api.adapters().metaKey(adapter, index, buf, n)),
                    text((buf, n) -> api.adapters().metaValue(adapter, index, buf, n)));
        }
        assertThat(metadata)
                .hasSize(5)
                .containsEntry("general.type", "adapter")
                .containsEntry("general.name", "Tiny LoRA 3")
                .containsKey("adapter.lora.alpha");
        refused(ERROR_ARGUMENT, api.adapters().metaKey(adapter, -1, new byte[9], new int[1]), "index");
        refused(ERROR_ARGUMENT, api.adapters().metaValue(adapter, count[0], new byte[9], new int[1]), "index");
        long[] size = new long[1];
        ok(api.adapters().size(adapter, size));
        assertThat(size[0]).isEqualTo(2 * 4L * LoraWriter.RANK * ((64 + 64) + (64 + 32) + (128 + 64)));
        int[] n = new int[1];
        assertThat(api.adapters().invocationTokens(adapter, new int[2], n)).isEqualTo(ERROR_BUFFER);
        assertThat(n[0]).isEqualTo(3);
        int[] tokens = new int[3];
        ok(api.adapters().invocationTokens(adapter, tokens, n));
        assertThat(tokens).containsExactly(5, 6, 7);
        ok(api.adapters().invocationTokens(adapter(model()), new int[0], n));
        assertThat(n[0]).isZero();
    }

    @Test
    void contextSetAdapters_changesTheLogitsUntilTheyAreTakenAway() {
        long model = model();
        long context = context(model); // older than the adapter
        int vocabSize = vocabSize(model);
        float[] plain = logits(context, vocabSize);
        long adapter = adapter(model);
        ok(set(context, 1, adapter));
        float[] adapted = logits(context, vocabSize);
        assertThat(adapted).isNotEqualTo(plain);
        ok(set(context, 0, adapter));
        assertThat(logits(context, vocabSize)).isEqualTo(plain);
        ok(set(context, 1, adapter));
        ok(set(context, 1, adapter));
        assertThat(logits(context, vocabSize)).isEqualTo(adapted);
        long second = context(model);
        ok(set(second, 1, adapter));
        assertThat(logits(second, vocabSize)).isEqualTo(adapted);
        ok(api.adapters().contextSetAdapters(context, new long[0], new float[0], 0));
        assertThat(logits(context, vocabSize)).isEqualTo(plain);
    }

    @Test
    void adapterFree_whileAContextUsesIt_isSafeInAnyOrder() {
        long model = model();
        int vocabSize = vocabSize(model);
        long context = context(model);
        long adapter = adapter(model);
        ok(set(context, 1, adapter));
        float[] adapted = logits(context, vocabSize);
        ok(api.adapters().free(adapter));
        refused(ERROR_HANDLE, set(context, 1, adapter), "adapter");
        ok(api.models().free(model));
        assertThat(logits(context, vocabSize)).isEqualTo(adapted);
        ok(api.adapters().contextSetAdapters(context, new long[0], new float[0], 0));
        assertThat(logits(context, vocabSize)).isNotEqualTo(adapted);
        ok(api.contexts().free(context));
    }

    @Test
    void contextSetAdapters_wrongArguments_areRefusedAndChangeNothing() {
        long model = model();
        long context = context(model);
        long adapter = adapter(model);
        long foreign = adapter(model());
        ok(set(context, 1, adapter));
        float[] adapted = logits(context, vocabSize(model));
        refused(ERROR_ARGUMENT, set(context, 1, adapter, foreign), "another model");
        refused(ERROR_ARGUMENT, set(context, 1, adapter, adapter), "twice");
        refused(ERROR_ARGUMENT, set(context, Float.NaN, adapter), "scale");
        refused(ERROR_ARGUMENT, set(context, Float.NEGATIVE_INFINITY, adapter), "scale");
        refused(ERROR_HANDLE, set(context, 1, model), "adapter");
        refused(ERROR_ARGUMENT, api.adapters().contextSetAdapters(context, new long[1], new float[1], -1), "n is -1");
        refused(
                ERROR_ARGUMENT,
                api.adapters().contextSetAdapters(context, new long[2000], new float[2000], 2000),
                "2000");
        assertThatThrownBy(() -> api.adapters().contextSetAdapters(context, new long[1], new float[2], 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> api.adapters().contextSetAdapters(context, new long[2], new float[1], 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(logits(context, vocabSize(model))).isEqualTo(adapted);
    }

    @ParameterizedTest
    @ValueSource(ints = {ModelOptionI.VOCAB_ONLY, ModelOptionI.NO_ALLOC})
    void adapterLoad_modelWithoutWeights_isRefused(int option) {
        long[] options = modelOptions();
        options[option] = 1;
        options[0] = 0;
        long[] model = new long[1];
        ok(api.models().load(paths(tinyModel()), 1, options, new byte[0], 0, 0, null, model));
        refused(ERROR_UNSUPPORTED, load(model[0], LoraWriter.ofTiny(1).bytes(), new long[1]), "no weights");
        ok(api.models().free(model[0]));
    }

    @Test
    void adapterLoad_noFile_isRefused() {
        long model = model();
        refused(ERROR_MODEL, api.adapters().load(model, utf8("/no/such/file.gguf"), new long[1]), "/no/such/file.gguf");
        refused(ERROR_MODEL, api.adapters().load(model, utf8("/"), new long[1]), "a directory");
        refused(ERROR_ARGUMENT, api.adapters().load(model, new byte[0], new long[1]), "path");
        refused(ERROR_MODEL, load(model, TinyGguf.garbage(5000), new long[1]), "not a GGUF file");
        refused(ERROR_MODEL, load(model, new byte[0], new long[1]), "not a GGUF file");
        refused(ERROR_MODEL, api.adapters().load(model, utf8(tinyModel().toString()), new long[1]), "general.type");
    }

    @Test
    void adapterLoad_wrongContents_areNamed() {
        refusedFile(LoraWriter.of("mamba", 1, 1), "'mamba'", "'llama'");
        refusedFile(
                LoraWriter.of("llama", 1, 1).add("blk.0.attn_q.weight", 32, 64), "blk.0.attn_q.weight", "[64, 64, 1]");
        refusedFile(LoraWriter.of("llama", 1, 1).add("blk.0.attn_q.weight", 64, 32), "blk.0.attn_q.weight");
        refusedFile(LoraWriter.of("llama", 1, 1).add("blk.9.attn_q.weight", 64, 64), "no tensor 'blk.9.attn_q.weight'");
        refusedFile(
                LoraWriter.of("llama", 1, 1)
                        .matrix("blk.0.attn_q.weight.lora_a", 64, 4)
                        .matrix("blk.0.attn_q.weight.lora_b", 8, 64),
                "do not fit");
        refusedFile(
                LoraWriter.of("llama", 1, 1)
                        .matrix("blk.0.attn_q.weight.lora_a", 64, 4, 2)
                        .matrix("blk.0.attn_q.weight.lora_b", 4, 64, 2),
                "do not fit");
        refusedFile(LoraWriter.of("llama", 1, 1).matrix("blk.0.attn_q.weight.lora_a", 64, 4), "partner");
        refusedFile(LoraWriter.of("llama", 1, 1).matrix("blk.0.attn_q.weight.lora_b", 4, 64), "missing one component");
        refusedFile(LoraWriter.of("llama", 1, 1).matrix("blk.0.attn_q.weight", 64, 64), "unexpected suffix");
        refusedFile(
                LoraWriter.of("llama", 1, 1)
                        .integers("blk.0.attn_q.weight.lora_a", 64, 4)
                        .matrix("blk.0.attn_q.weight.lora_b", 4, 64),
                "i32",
                "cannot be multiplied");
        refusedFile(LoraWriter.ofTiny(1).invocationTokens(5, 100_000), "invocation token 1 is 100000");
    }

    @Test
    void adapterLoad_cutShort_isRefusedWhereverItEnds() {
        long model = model();
        byte[] whole = LoraWriter.ofTiny(1).bytes();
        for (int length = 0; length < whole.length - 64; length += 97) {
            byte[] part = Arrays.copyOf(whole, length);
            refused(ERROR_MODEL, load(model, part, new long[1]), "cannot load adapter");
        }
    }

    @Test
    void adapterLoad_bytesChanged_givesAnAdapterOrAnError() {
        long model = model();
        long context = context(model);
        byte[] whole = LoraWriter.ofTiny(1).bytes();
        int header = whole.length - 2 * 4 * LoraWriter.RANK * (128 + 96 + 192);
        Random random = new Random(5);
        int worked = 0;
        for (int i = 0; i < 600; i++) {
            byte[] changed = whole.clone();
            for (int n = random.nextInt(2); n >= 0; n--) {
                changed[random.nextInt(header)] =
                        (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(3));
            }
            long[] adapter = new long[1];
            int status = load(model, changed, adapter);
            assertThat(status).as(lastError()).isIn(OK, ERROR_MODEL);
            if (status == OK) {
                worked++;
                ok(set(context, 1, adapter[0]));
                ok(api.memory().clear(context, 1));
                ok(decodeTokens(context, PROMPT));
                ok(api.adapters().free(adapter[0]));
            }
        }
        assertThat(worked).isBetween(20, 580);
    }

    @Test
    void controlVector_wrongArguments_areRefused() {
        long context = context(model());
        float[] data = new float[COLUMNS];
        data[0] = 1;
        ok(api.adapters().contextSetControlVector(context, data, COLUMNS, 1, 1));
        ok(decodeTokens(context, PROMPT));
        refused(ERROR_ARGUMENT, api.adapters().contextSetControlVector(context, data, COLUMNS - 1, 1, 1), "n is 63");
        refused(ERROR_ARGUMENT, api.adapters().contextSetControlVector(context, data, COLUMNS, 0, 1), "first_layer");
        refused(ERROR_ARGUMENT, api.adapters().contextSetControlVector(context, data, COLUMNS, 1, 2), "last_layer");
        data[0] = Float.POSITIVE_INFINITY;
        refused(ERROR_ARGUMENT, api.adapters().contextSetControlVector(context, data, COLUMNS, 1, 1), "finite");
        ok(api.adapters().contextSetControlVector(context, new float[0], 0, 0, 0));
        ok(decodeTokens(context, PROMPT));
        refused(ERROR_HANDLE, api.adapters().contextSetControlVector(context + 1000, data, 0, 0, 0));
    }

    private String fingerprint(long adapter) {
        return text((buf, n) -> api.adapters().fingerprint(adapter, buf, n));
    }

    @Tag("descriptors") // which Windows does not have
    @Test
    void adapterLoad_partOfAFileAndDescriptor_isTheSameAdapter() throws IOException {
        byte[] content = LoraWriter.ofTiny(3).bytes();
        byte[] archive = new byte[content.length + 100];
        System.arraycopy(content, 0, archive, 40, content.length);
        Path file = TinyGguf.write(temporaryFile(), archive);
        long model = model();
        long whole = adapter(model, LoraWriter.ofTiny(3));
        byte[] path = utf8(file.toString());
        long[] part = new long[1];
        ok(api.adapters().loadRange(model, path, 40, content.length, part));
        cleanup(() -> api.adapters().free(part[0]));
        assertThat(fingerprint(part[0])).isEqualTo(fingerprint(whole)).hasSize(32);
        assertThat(fingerprint(adapter(model, LoraWriter.ofTiny(4)))).isNotEqualTo(fingerprint(whole));
        long context = context(model);
        ok(set(context, 1, whole));
        float[] adapted = logits(context, vocabSize(model));
        ok(set(context, 1, part[0]));
        assertThat(logits(context, vocabSize(model))).isEqualTo(adapted);

        long[] adapter = {-7};
        refused(ERROR_MODEL, api.adapters().loadRange(model, path, 40, content.length - 1, adapter), "ends behind it");
        refused(ERROR_MODEL, api.adapters().loadRange(model, path, 39, content.length, adapter), "not a GGUF file");
        refused(ERROR_ARGUMENT, api.adapters().loadRange(model, path, 40, archive.length, adapter), "are outside of");
        refused(ERROR_ARGUMENT, api.adapters().loadRange(model, path, -1, 9, adapter), "offset");
        refused(ERROR_ARGUMENT, api.adapters().loadRange(model, path, 0, 0, adapter), "size");
        refused(ERROR_MODEL, api.adapters().loadFd(model, 1_000_000, 0, 0, adapter), "1000000");
        refused(ERROR_ARGUMENT, api.adapters().loadFd(model, -1, 0, 0, adapter), "fd");
        assertThat(adapter).containsExactly(-7);
    }
}
