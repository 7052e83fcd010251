package dev.tokapu.contract;

import static dev.tokapu.spi.NativeConstants.ERROR_ARGUMENT;
import static dev.tokapu.spi.NativeConstants.ERROR_CANCELLED;
import static dev.tokapu.spi.NativeConstants.ERROR_HANDLE;
import static dev.tokapu.spi.NativeConstants.ERROR_MODEL;
import static dev.tokapu.spi.NativeConstants.ERROR_UNSUPPORTED;
import static dev.tokapu.spi.NativeConstants.MODEL_INFO_ADD_BOS;
import static dev.tokapu.spi.NativeConstants.MODEL_INFO_BOS;
import static dev.tokapu.spi.NativeConstants.MODEL_INFO_COUNT;
import static dev.tokapu.spi.NativeConstants.MODEL_INFO_EOS;
import static dev.tokapu.spi.NativeConstants.MODEL_INFO_FIM_PRE;
import static dev.tokapu.spi.NativeConstants.MODEL_INFO_HAS_DECODER;
import static dev.tokapu.spi.NativeConstants.MODEL_INFO_HAS_ENCODER;
import static dev.tokapu.spi.NativeConstants.MODEL_INFO_N_CTX_TRAIN;
import static dev.tokapu.spi.NativeConstants.MODEL_INFO_N_EMBD;
import static dev.tokapu.spi.NativeConstants.MODEL_INFO_N_HEAD;
import static dev.tokapu.spi.NativeConstants.MODEL_INFO_N_HEAD_KV;
import static dev.tokapu.spi.NativeConstants.MODEL_INFO_N_LAYER;
import static dev.tokapu.spi.NativeConstants.MODEL_INFO_N_META;
import static dev.tokapu.spi.NativeConstants.MODEL_INFO_N_PARAMS;
import static dev.tokapu.spi.NativeConstants.MODEL_INFO_SIZE;
import static dev.tokapu.spi.NativeConstants.MODEL_I_CHECK_TENSORS;
import static dev.tokapu.spi.NativeConstants.MODEL_I_COUNT;
import static dev.tokapu.spi.NativeConstants.MODEL_I_LOAD_MODE;
import static dev.tokapu.spi.NativeConstants.MODEL_I_VOCAB_ONLY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.ProgressListener;
import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelContractIT extends Contract {

    private static final byte[] NONE = new byte[0];

    @TempDir
    Path temp;

    private int load(Path file, @Nullable ProgressListener progress, long[] model) {
        return api.modelLoad(paths(file), 1, modelOptions(), NONE, 0, 0, progress, model);
    }

    private int loadBytes(byte[] bytes) {
        Path file = TinyGguf.write(temp.resolve("bytes.gguf"), bytes);
        return load(file, null, new long[1]);
    }

    // --- files

    @Test
    void modelLoad_tinyModel_works() {
        assertThat(vocabSize(model())).isEqualTo(TinyGguf.builder().build().vocabSize());
    }

    @Test
    void modelLoad_fileNameWithUnicodeAndSpaces_works() {
        model(TinyGguf.builder().build().write(temp.resolve("mod\u00e8le \u4e2d \ud83d\ude00.gguf")));
    }

    @Test
    void modelLoad_splitModel_works() {
        List<Path> parts = TinyGguf.builder().build().writeSplit(temp, 3);
        long[] model = new long[1];

        ok(api.modelLoad(paths(parts.toArray(Path[]::new)), 3, modelOptions(), NONE, 0, 0, null, model));
        cleanup(() -> api.modelFree(model[0]));

        assertThat(modelInfo(model[0], MODEL_INFO_N_PARAMS)).isEqualTo(modelInfo(model(), MODEL_INFO_N_PARAMS));
    }

    @Test
    void modelLoad_missingFile_namesIt() {
        refused(ERROR_MODEL, load(temp.resolve("missing.gguf"), null, new long[1]), "missing.gguf", "No such file");
    }

    @Test
    void modelLoad_directory_saysSo() {
        refused(ERROR_MODEL, load(temp, null, new long[1]), temp.toString(), "directory");
    }

    @Test
    void modelLoad_emptyPath_isRefused() {
        refused(ERROR_ARGUMENT, api.modelLoad(new byte[1], 1, modelOptions(), NONE, 0, 0, null, new long[1]), "empty");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void modelLoad_noPaths_isRefused(int nPaths) {
        int status = api.modelLoad(paths(tinyModel()), nPaths, modelOptions(), NONE, 0, 0, null, new long[1]);
        refused(ERROR_ARGUMENT, status, "paths");
    }

    @Test
    void modelLoad_morePathsThanTexts_isRefusedInJava() {
        assertThatThrownBy(() -> api.modelLoad(paths(tinyModel()), 2, modelOptions(), NONE, 0, 0, null, new long[1]))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> api.modelLoad(utf8("x"), 1, modelOptions(), NONE, 0, 0, null, new long[1]))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 12, 2000, 20_000, 100_000})
    void modelLoad_truncatedFile_isRefused(int length) {
        refused(ERROR_MODEL, loadBytes(TinyGguf.builder().build().truncated(length)), "bytes.gguf");
    }

    @Test
    void modelLoad_garbage_isRefused() {
        refused(ERROR_MODEL, loadBytes(TinyGguf.garbage(100_000)), "bytes.gguf");
    }

    @Test
    void modelLoad_duplicateToken_isRefusedAndTheProcessLivesOn() {
        for (int i = 0; i < 20; i++) {
            refused(
                    ERROR_MODEL,
                    loadBytes(TinyGguf.builder().duplicateToken().build().bytes()),
                    "bytes.gguf");
        }
        model();
    }

    @Test
    void modelLoad_missingTensor_namesIt() {
        byte[] bytes =
                TinyGguf.builder().omitTensor("output_norm.weight").build().bytes();
        refused(ERROR_MODEL, loadBytes(bytes), "output_norm.weight");
    }

    @Test
    void modelLoad_unknownArchitecture_namesIt() {
        refused(
                ERROR_MODEL,
                loadBytes(TinyGguf.builder().architecture("tokapu").build().bytes()),
                "tokapu");
    }

    // --- ranges and descriptors

    private Path archive(int before, int after) throws IOException {
        byte[] model = Files.readAllBytes(tinyModel());
        byte[] all = new byte[before + model.length + after];
        System.arraycopy(model, 0, all, before, model.length);
        return Files.write(temp.resolve("archive.bin"), all);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "64, 100", "4096, 0", "33, 5"})
    void modelLoadRange_insideFile_works(int before, int after) throws IOException {
        Path file = archive(before, after);
        long size = Files.size(tinyModel());
        long[] model = new long[1];

        ok(api.modelLoadRange(utf8(file.toString()), before, size, modelOptions(), NONE, 0, 0, null, model));
        cleanup(() -> api.modelFree(model[0]));

        assertThat(logits(decoded(model[0]), -1, vocabSize(model[0])))
                .isEqualTo(logits(decoded(model()), -1, vocabSize(model[0])));
    }

    private long decoded(long model) {
        long context = context(model);
        ok(decodeTokens(context, tokenize(model, "the ring")));
        return context;
    }

    @ParameterizedTest
    @CsvSource({"-1, 10", "0, -1", "9223372036854775807, 1", "0, 9223372036854775807", "10000000, 5", "64, 100000000"})
    void modelLoadRange_outsideOfFile_isRefused(long offset, long size) {
        byte[] file = utf8(tinyModel().toString());
        refused(ERROR_ARGUMENT, api.modelLoadRange(file, offset, size, modelOptions(), NONE, 0, 0, null, new long[1]));
    }

    @Test
    void modelLoadRange_cutShort_isRefused() throws IOException {
        Path file = archive(64, 0);
        byte[] path = utf8(file.toString());
        long size = Files.size(tinyModel());
        refused(ERROR_MODEL, api.modelLoadRange(path, 64, size - 32, modelOptions(), NONE, 0, 0, null, new long[1]));
        refused(ERROR_MODEL, api.modelLoadRange(path, 63, size, modelOptions(), NONE, 0, 0, null, new long[1]));
    }

    @Test
    void modelLoadRange_badPath_isRefused() {
        byte[] missing = utf8(temp.resolve("missing").toString());
        refused(
                ERROR_MODEL,
                api.modelLoadRange(missing, 0, 9, modelOptions(), NONE, 0, 0, null, new long[1]),
                "missing");
        refused(ERROR_ARGUMENT, api.modelLoadRange(NONE, 0, 9, modelOptions(), NONE, 0, 0, null, new long[1]), "empty");
        refused(
                ERROR_ARGUMENT,
                api.modelLoadRange(utf8("a\0b"), 0, 9, modelOptions(), NONE, 0, 0, null, new long[1]),
                "NUL");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 1_000_000})
    void modelLoadFd_badDescriptor_isRefused(int fd) {
        int status = api.modelLoadFd(fd, 0, 0, modelOptions(), NONE, 0, 0, null, new long[1]);
        assertThat(status).isEqualTo(fd < 0 ? ERROR_ARGUMENT : ERROR_MODEL);
        assertThat(lastError()).contains("" + fd);
    }

    /** Java cannot tell the descriptor of a file that it opened, but on Linux the process can look for it. */
    private static int descriptorOf(Path file) throws IOException {
        for (int fd = 3; fd < 1000; fd++) {
            Path link = Path.of("/proc/self/fd/" + fd);
            if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(file.toRealPath())) {
                return fd;
            }
        }
        throw new IOException("no descriptor of " + file);
    }

    @Test
    void modelLoadFd_openFile_worksAndLeavesItOpen() throws IOException {
        Path file = archive(64, 10);
        long[] model = new long[1];
        try (java.io.RandomAccessFile open = new java.io.RandomAccessFile(file.toFile(), "r")) {
            open.seek(7);
            int fd = descriptorOf(file);
            ok(api.modelLoadFd(fd, 64, Files.size(tinyModel()), modelOptions(), NONE, 0, 0, null, model));
            cleanup(() -> api.modelFree(model[0]));
            assertThat(open.getFilePointer()).isEqualTo(7);
            long[] toTheEnd = new long[1];
            ok(api.modelLoadFd(fd, 64, 0, modelOptions(), NONE, 0, 0, null, toTheEnd));
            cleanup(() -> api.modelFree(toTheEnd[0]));
        }
        assertThat(vocabSize(model[0])).isPositive();
    }

    // --- options

    @Test
    void modelDefaults_wrongLength_isRefused() {
        refused(ERROR_ARGUMENT, api.modelDefaults(new long[MODEL_I_COUNT - 1]), "n_options");
        refused(ERROR_ARGUMENT, api.modelDefaults(new long[MODEL_I_COUNT + 1]), "n_options");
        refused(ERROR_ARGUMENT, api.modelDefaults(new long[0]));
    }

    @ParameterizedTest
    @CsvSource({"0, -2", "0, 5", "1, -1", "1, 3", "2, 2", "2, -1", "3, 2", "4, -1", "4, 9223372036854775807"})
    void modelLoad_optionOutOfRange_isRefused(int key, long value) {
        long[] options = modelOptions();
        options[key] = value;
        int status = api.modelLoad(paths(tinyModel()), 1, options, NONE, 0, 0, null, new long[1]);
        refused(ERROR_ARGUMENT, status, "" + value);
    }

    @Test
    void modelLoad_optionsOfWrongLength_areRefused() {
        refused(ERROR_ARGUMENT, api.modelLoad(paths(tinyModel()), 1, new long[1], NONE, 0, 0, null, new long[1]));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void modelLoad_loadModes_giveTheSameModel(long mode) {
        long[] options = modelOptions();
        options[MODEL_I_LOAD_MODE] = mode;
        options[MODEL_I_CHECK_TENSORS] = 1;
        long[] model = new long[1];
        ok(api.modelLoad(paths(tinyModel()), 1, options, NONE, 0, 0, null, model));
        cleanup(() -> api.modelFree(model[0]));
        assertThat(vocabSize(model[0])).isPositive();
    }

    @Test
    void modelLoad_vocabOnly_tokenizesAndRefusesContexts() {
        long[] options = modelOptions();
        options[MODEL_I_VOCAB_ONLY] = 1;
        long[] model = new long[1];
        ok(api.modelLoad(paths(tinyModel()), 1, options, NONE, 0, 0, null, model));
        cleanup(() -> api.modelFree(model[0]));

        assertThat(tokenize(model[0], "the end")).isNotEmpty();
        refused(ERROR_UNSUPPORTED, api.contextNew(model[0], contextInts(), contextFloats(), new long[1]), "vocab_only");
    }

    // --- overrides

    private int loadWith(String overrides, int n, long[] model) {
        return api.modelLoad(paths(tinyModel()), 1, modelOptions(), utf8(overrides), n, 0, null, model);
    }

    @Test
    void modelLoad_overrides_areSeen() {
        long[] model = new long[1];
        ok(loadWith("llama.context_length\0" + "0\0" + "77\0general.name\0" + "3\0Other \u00e9\0", 2, model));
        cleanup(() -> api.modelFree(model[0]));
        assertThat(modelInfo(model[0], MODEL_INFO_N_CTX_TRAIN)).isEqualTo(77);
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

    // --- progress

    @Test
    void modelLoad_progress_risesToOne() {
        List<Float> seen = new ArrayList<>();
        long[] model = new long[1];
        ok(load(tinyModel(), seen::add, model));
        cleanup(() -> api.modelFree(model[0]));
        assertThat(seen).isSorted().contains(1f).allMatch(p -> p >= 0 && p <= 1);
    }

    @Test
    void modelLoad_progressSaysFalse_cancels() {
        AtomicInteger calls = new AtomicInteger();
        refused(ERROR_CANCELLED, load(tinyModel(), p -> calls.incrementAndGet() < 2, new long[1]), "cancelled");
        assertThat(calls).hasValue(2);
    }

    @Test
    void modelLoad_progressThrows_isThrownAgainAfterTheCall() {
        IllegalStateException thrown = new IllegalStateException("from the listener");
        assertThatThrownBy(() -> load(
                        tinyModel(),
                        p -> {
                            throw thrown;
                        },
                        new long[1]))
                .isSameAs(thrown);
        assertThatThrownBy(() -> load(
                        tinyModel(),
                        p -> {
                            throw new StackOverflowError("from the listener");
                        },
                        new long[1]))
                .isInstanceOf(StackOverflowError.class);
    }

    @Test
    void modelLoad_progressThrowsAtTheEnd_leavesNoModel() {
        assertThatThrownBy(() -> load(
                        tinyModel(),
                        p -> {
                            if (p >= 1) {
                                throw new IllegalStateException("at the end");
                            }
                            return true;
                        },
                        new long[1]))
                .hasMessage("at the end");
    }

    @Test
    void modelLoad_progressCallsTheLibrary_works() {
        long other = model();
        long[] model = new long[1];
        List<Integer> sizes = new ArrayList<>();
        ok(load(tinyModel(), p -> sizes.add(tokenize(other, "the ring and the thing").length), model));
        cleanup(() -> api.modelFree(model[0]));
        assertThat(sizes).isNotEmpty().containsOnly(tokenize(other, "the ring and the thing").length);
    }

    @Test
    void modelLoad_progressInSeveralThreads_goesToTheRightListener() throws InterruptedException {
        Map<Integer, List<Thread>> seen = new java.util.concurrent.ConcurrentHashMap<>();
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            int number = t;
            seen.put(number, new ArrayList<>());
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 10; i++) {
                    long[] model = new long[1];
                    ok(load(tinyModel(), p -> seen.get(number).add(Thread.currentThread()), model));
                    ok(api.modelFree(model[0]));
                }
            });
            threads[t].start();
        }
        for (int t = 0; t < threads.length; t++) {
            threads[t].join();
            assertThat(seen.get(t)).hasSizeGreaterThan(9).containsOnly(threads[t]);
        }
    }

    @Test
    void modelLoadRange_progress_worksToo() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        byte[] path = utf8(tinyModel().toString());
        long size = Files.size(tinyModel());
        refused(
                ERROR_CANCELLED,
                api.modelLoadRange(
                        path, 0, size, modelOptions(), NONE, 0, 0, p -> calls.incrementAndGet() < 1, new long[1]));
        assertThat(calls).hasValue(1);
    }

    // --- information

    @Test
    void modelInfo_tinyModel_isWhatTheFileSays() {
        long model = model();
        assertThat(modelInfo(model, MODEL_INFO_N_EMBD)).isEqualTo(64);
        assertThat(modelInfo(model, MODEL_INFO_N_LAYER)).isEqualTo(2);
        assertThat(modelInfo(model, MODEL_INFO_N_HEAD)).isEqualTo(4);
        assertThat(modelInfo(model, MODEL_INFO_N_HEAD_KV)).isEqualTo(2);
        assertThat(modelInfo(model, MODEL_INFO_N_CTX_TRAIN)).isEqualTo(512);
        assertThat(modelInfo(model, MODEL_INFO_SIZE)).isEqualTo(4 * modelInfo(model, MODEL_INFO_N_PARAMS));
        assertThat(modelInfo(model, MODEL_INFO_HAS_DECODER)).isEqualTo(1);
        assertThat(modelInfo(model, MODEL_INFO_HAS_ENCODER)).isZero();
        assertThat(modelInfo(model, MODEL_INFO_BOS)).isEqualTo(1);
        assertThat(modelInfo(model, MODEL_INFO_EOS)).isEqualTo(2);
        assertThat(modelInfo(model, MODEL_INFO_FIM_PRE)).isEqualTo(-1);
        assertThat(modelInfo(model, MODEL_INFO_ADD_BOS)).isEqualTo(1);
    }

    @Test
    void modelInfo_wrongLength_isRefused() {
        long model = model();
        refused(ERROR_ARGUMENT, api.modelInfo(model, new long[MODEL_INFO_COUNT - 1]), "n_info");
        refused(ERROR_ARGUMENT, api.modelInfo(model, new long[0]));
    }

    @Test
    void modelDescription_tinyModel_namesArchitectureAndType() {
        long model = model();
        assertThat(text((buf, length) -> api.modelDescription(model, buf, length)))
                .contains("llama", "F32");
    }

    @Test
    void modelMeta_allEntries_areKeysAndValues() {
        long model = model();
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < modelInfo(model, MODEL_INFO_N_META); i++) {
            int index = i;
            all.put(
                    text((buf, length) -> api.modelMetaKey(model, index, buf, length)),
                    text((buf, length) -> api.modelMetaValue(model, index, buf, length)));
        }
        assertThat(all)
                .containsEntry("general.name", "Tiny Random")
                .containsEntry("tokenizer.chat_template", TinyGguf.CHAT_TEMPLATE);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 10_000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void modelMeta_indexOutOfRange_isRefused(int index) {
        long model = model();
        refused(ERROR_ARGUMENT, api.modelMetaKey(model, index, new byte[9], new int[1]), "" + index);
        refused(ERROR_ARGUMENT, api.modelMetaValue(model, index, new byte[9], new int[1]), "" + index);
        refused(ERROR_ARGUMENT, api.modelClsLabel(model, index, new byte[9], new int[1]), "" + index);
    }

    // --- freeing

    @Test
    void modelFree_childrenFirstOrLast_bothWork() {
        long model = model();
        long context = context(model);
        long sampler = sampler(model);
        ok(api.samplerAddGreedy(sampler));
        int[] prompt = tokenize(model, "the ring");

        ok(api.modelFree(model));

        ok(decodeTokens(context, prompt));
        ok(api.samplerSample(sampler, context, -1, new int[1]));
        assertThat(api.modelFree(model)).isEqualTo(ERROR_HANDLE);
        ok(api.contextFree(context));
        ok(api.samplerFree(sampler));
    }
}
