package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.ModelInfoKey;
import dev.tokapu.spi.ProgressListener;
import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loading models from files, ranges of files and descriptors. */
class ModelLoadContractIT extends Contract {

    private static final byte[] NONE = new byte[0];

    @TempDir
    Path temp;

    private int load(Path file, @Nullable ProgressListener progress, long[] model) {
        return api.models().load(paths(file), 1, modelOptions(), NONE, 0, 0, progress, model);
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

        ok(api.models().load(paths(parts.toArray(Path[]::new)), 3, modelOptions(), NONE, 0, 0, null, model));
        cleanup(() -> api.models().free(model[0]));

        assertThat(modelInfo(model[0], ModelInfoKey.N_PARAMS)).isEqualTo(modelInfo(model(), ModelInfoKey.N_PARAMS));
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
        refused(
                ERROR_ARGUMENT,
                api.models().load(new byte[1], 1, modelOptions(), NONE, 0, 0, null, new long[1]),
                "empty");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void modelLoad_noPaths_isRefused(int nPaths) {
        int status = api.models().load(paths(tinyModel()), nPaths, modelOptions(), NONE, 0, 0, null, new long[1]);
        refused(ERROR_ARGUMENT, status, "paths");
    }

    @Test
    void modelLoad_morePathsThanTexts_isRefusedInJava() {
        assertThatThrownBy(
                        () -> api.models().load(paths(tinyModel()), 2, modelOptions(), NONE, 0, 0, null, new long[1]))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> api.models().load(utf8("x"), 1, modelOptions(), NONE, 0, 0, null, new long[1]))
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

        ok(api.models().loadRange(utf8(file.toString()), before, size, modelOptions(), NONE, 0, 0, null, model));
        cleanup(() -> api.models().free(model[0]));

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
        refused(
                ERROR_ARGUMENT,
                api.models().loadRange(file, offset, size, modelOptions(), NONE, 0, 0, null, new long[1]));
    }

    @Test
    void modelLoadRange_cutShort_isRefused() throws IOException {
        Path file = archive(64, 0);
        byte[] path = utf8(file.toString());
        long size = Files.size(tinyModel());
        refused(
                ERROR_MODEL,
                api.models().loadRange(path, 64, size - 32, modelOptions(), NONE, 0, 0, null, new long[1]));
        refused(ERROR_MODEL, api.models().loadRange(path, 63, size, modelOptions(), NONE, 0, 0, null, new long[1]));
    }

    @Test
    void modelLoadRange_badPath_isRefused() {
        byte[] missing = utf8(temp.resolve("missing").toString());
        refused(
                ERROR_MODEL,
                api.models().loadRange(missing, 0, 9, modelOptions(), NONE, 0, 0, null, new long[1]),
                "missing");
        refused(
                ERROR_ARGUMENT,
                api.models().loadRange(NONE, 0, 9, modelOptions(), NONE, 0, 0, null, new long[1]),
                "empty");
        refused(
                ERROR_ARGUMENT,
                api.models().loadRange(utf8("a\0b"), 0, 9, modelOptions(), NONE, 0, 0, null, new long[1]),
                "NUL");
    }

    @Tag("descriptors") // which Windows does not have
    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 1_000_000})
    void modelLoadFd_badDescriptor_isRefused(int fd) {
        int status = api.models().loadFd(fd, 0, 0, modelOptions(), NONE, 0, 0, null, new long[1]);
        assertThat(status).isEqualTo(fd < 0 ? ERROR_ARGUMENT : ERROR_MODEL);
        assertThat(lastError()).contains("" + fd);
    }

    /** Java cannot tell the descriptor of a file that it opened, but on Linux the process can look for it. */
    private static int descriptorOf(Path file) throws IOException {
        Path real = file.toRealPath();
        for (int fd = 3; fd < 1000; fd++) {
            try {
                if (Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).equals(real)) {
                    return fd;
                }
            } catch (IOException e) {
                // Not open, or closed by another thread.
            }
        }
        throw new IOException("no descriptor of " + file);
    }

    @Tag("descriptors") // which Windows does not have
    @Test
    void modelLoadFd_openFile_worksAndLeavesItOpen() throws IOException {
        Path file = archive(64, 10);
        long[] model = new long[1];
        try (java.io.RandomAccessFile open = new java.io.RandomAccessFile(file.toFile(), "r")) {
            open.seek(7);
            int fd = descriptorOf(file);
            ok(api.models().loadFd(fd, 64, Files.size(tinyModel()), modelOptions(), NONE, 0, 0, null, model));
            cleanup(() -> api.models().free(model[0]));
            assertThat(open.getFilePointer()).isEqualTo(7);
            long[] toTheEnd = new long[1];
            ok(api.models().loadFd(fd, 64, 0, modelOptions(), NONE, 0, 0, null, toTheEnd));
            cleanup(() -> api.models().free(toTheEnd[0]));
        }
        assertThat(vocabSize(model[0])).isPositive();
    }
}
