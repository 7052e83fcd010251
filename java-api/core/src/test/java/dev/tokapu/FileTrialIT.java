package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.internal.load.ModelLocation;
import dev.tokapu.internal.load.TriedFiles;
import dev.tokapu.source.ModelSource;
import dev.tokapu.testsupport.BrokenGguf;
import dev.tokapu.testsupport.ChildJvm;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.ZipFiles;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that llama.cpp ends the process for are exceptions. */
class FileTrialIT {

    @TempDir
    private Path folder;

    private static ModelOptions with(FileTrial trial) {
        return ModelOptions.builder().trial(trial).build();
    }

    private static void assertRefused(Path file, FileTrial trial, String... words) {
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> Model.load(file, with(trial)).close())
                .withMessageContainingAll(words);
    }

    private Path write(byte[] bytes) {
        return TinyGguf.write(folder.resolve("broken.gguf"), bytes);
    }

    private Path write(TinyGguf.Builder builder) {
        return builder.build().write(folder.resolve("broken.gguf"));
    }

    @ParameterizedTest
    @EnumSource(
            value = FileTrial.class,
            names = {"AUTO", "PLAN", "COMPUTE"})
    void load_optionalTensorsOfWhichOneIsNeeded_isAnException(FileTrial trial) {
        assertRefused(write(BrokenGguf.phi3WithoutAttention()), trial, "signal 11", "planning a context");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void load_suchAFileInAZipFile_isAnException(boolean stored) {
        Path zip =
                ZipFiles.write(folder.resolve("models.zip"), "broken.gguf", BrokenGguf.phi3WithoutAttention(), stored);
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() ->
                        Model.load(ModelSource.zipEntry(zip, "broken.gguf")).close())
                .withMessageContaining("signal 11");
    }

    @Test
    void load_suchAFileFromADescriptor_isAnException() throws IOException {
        Path file = write(BrokenGguf.phi3WithoutAttention());
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            assertThatExceptionOfType(ModelLoadException.class)
                    .isThrownBy(() -> Model.load(ModelSource.fileDescriptor(TestModels.descriptor(file), 0, 0))
                            .close())
                    .withMessageContaining("signal 11");
            assertThat(in.getFD().valid()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "olmo2, attention.head_count, 0",
        "olmo2, attention.head_count, -1",
        "rwkv6qwen2, wkv.head_size, 0",
        "rwkv7, wkv.head_size, 0",
        "qwen35, full_attention_interval, 0",
        "minimax-01, full_attention_interval, 0",
        "qwen35moe, expert_used_count, -1",
        "qwen35moe, expert_used_count, 0",
        "qwen4exp, expert_used_count, -1",
        "mamba2, ssm.group_count, 0",
        "deepseek4, attention.output_group_count, 0"
    })
    void load_divisorsOfZero_areExceptionsThatNameTheKey(String architecture, String key, int value) {
        assertRefused(write(BrokenGguf.withNumber(architecture, key, value)), FileTrial.NONE, architecture + "." + key);
    }

    /** A kernel writes past such a state. Nothing crashes; other memory is overwritten. */
    @ParameterizedTest
    @CsvSource({"rwkv7, wkv.head_size, 32", "mamba, ssm.state_size, 8", "jamba, ssm.state_size, 24"})
    void load_stateOfPartOfAVector_isAnException(String architecture, String key, int size) {
        Path file = write(BrokenGguf.withNumber(architecture, key, size));
        assertRefused(file, FileTrial.NONE, architecture + "." + key + " is " + size, "must be a multiple of");
    }

    @ParameterizedTest
    @ValueSource(floats = {-1, Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY})
    void load_epsilonThatIsNone_isAnException(float epsilon) {
        Path file = write(TinyGguf.builder().metadata("llama.attention.layer_norm_rms_epsilon", epsilon));
        assertRefused(file, FileTrial.NONE, "epsilon");
    }

    /** llama.cpp makes 40 bytes of each token that such a file promises: of 2^32 tokens 170 GB. */
    @ParameterizedTest
    @ValueSource(ints = {(1 << 22) + 1, -1})
    void load_moreTokensThanAModelWithoutVocabularyHas_areAnException(int tokens) {
        Path file = write(TinyGguf.builder().metadata("llama.vocab_size", tokens));
        ModelOptions options = ModelOptions.builder()
                .metadataOverrides(Map.of("tokenizer.ggml.model", "none"))
                .build();
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> Model.load(file, options).close())
                .withMessageContaining("llama.vocab_size is " + Integer.toUnsignedLong(tokens));
    }

    @Test
    void load_epsilonThatAnOverrideSpoils_isAnException() {
        ModelOptions options = ModelOptions.builder()
                .metadataOverrides(Map.of("llama.attention.layer_norm_rms_epsilon", -1.0))
                .build();
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> Model.load(TestModels.tinyFile(), options).close())
                .withMessageContaining("epsilon");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 18, 64, -2, 0x85abbf7a})
    void load_rotatedValuesThatAHeadDoesNotHave_areExceptions(int size) {
        Path file = write(TinyGguf.builder().architecture("qwen2").metadata("qwen2.rope.dimension_count", size));
        assertRefused(file, FileTrial.NONE, "rope.dimension_count");
    }

    @Test
    void load_noSectionsOfPositions_isAnException() {
        assertRefused(write(TinyGguf.builder().architecture("paddleocr")), FileTrial.NONE, "rope.dimension_sections");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "blk.0.ffn_gate.weight",
                "blk.1.attn_q.weight",
                "output.weight",
                "token_embd.weight",
                "blk.0.attn_output.weight"
            })
    void load_weightsOfATypeThatCannotBeMultiplied_areExceptions(String tensor) {
        assertRefused(write(TinyGguf.builder().tensorType(tensor, 26)), FileTrial.NONE, tensor, "i32");
    }

    private Path withToken(int bytes) throws IOException {
        Path file = folder.resolve("token.gguf");
        return VocabFile.withTexts(TestModels.tinyFile(), file, Map.of(300, "a".repeat(bytes)));
    }

    private static ModelOptions.Builder tokenizer(String kind) {
        return ModelOptions.builder().metadataOverrides(Map.of("tokenizer.ggml.model", kind));
    }

    /** Some of these tokenizers are made by recursion, one call for each byte of a token. */
    @ParameterizedTest
    @ValueSource(strings = {"rwkv", "t5", "bert", "plamo2"})
    void load_tokenOfManyBytesOnATinyStack_isAnException(String kind) throws IOException {
        Path file = withToken(200_000);
        ModelOptions options = tokenizer(kind).vocabOnly(true).build();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> TestModels.onTinyStack(() -> Model.load(file, options)))
                .withCauseInstanceOf(ModelLoadException.class)
                .withMessageContaining("token 300 of its vocabulary has 200000 bytes; at most 512 are supported");
    }

    @ParameterizedTest
    @EnumSource(FileTrial.class)
    void load_tokenOfManyBytesWithWeights_isAnException(FileTrial trial) throws IOException {
        Path file = withToken(513);
        ModelOptions options = tokenizer("t5").trial(trial).build();
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> Model.load(file, options).close())
                .withMessageContaining("has 513 bytes");
    }

    /** Loaded, used and closed there. */
    @Test
    @Tag("checkout") // reads a vocabulary of llama.cpp
    void load_longestTokenOnATinyStack_works() throws Exception {
        String text = "a".repeat(512);
        Path file = VocabFile.withTexts(
                VocabFile.named("nomic-bert-moe"), folder.resolve("token.gguf"), Map.of(1000, text));
        int[] tokens = TestModels.onTinyStack(() -> {
            try (Model model = VocabFile.load(file)) {
                assertThat(model.vocab().type()).isEqualTo(VocabType.UGM);
                return model.vocab()
                        .tokenize(
                                text,
                                TokenizeOptions.builder().addSpecial(false).build());
            }
        });
        assertThat(tokens).contains(1000);
    }

    @ParameterizedTest
    @EnumSource(FileTrial.class)
    void load_soundFile_works(FileTrial trial) {
        try (Model model = Model.load(write(TinyGguf.builder()), with(trial));
                Context context = model.newContext(TestModels.small().build())) {
            assertThat(context.decode(new Batch(1).add(5, 0, 0, true))).isEqualTo(DecodeStatus.OK);
        }
    }

    @Test
    void load_soundParts_work() {
        List<Path> parts = TinyGguf.builder().build().writeSplit(folder, 3);
        try (Model model = Model.load(parts.get(0), with(FileTrial.COMPUTE))) {
            assertThat(model.vocab().size()).isPositive();
        }
    }

    @Test
    void load_fileThatIsNoModel_isRefusedBeforeLlamaSeesIt() {
        Path file = write(TinyGguf.garbage(1000));
        assertRefused(file, FileTrial.COMPUTE, "is no GGUF file: it begins with the bytes");
    }

    /** Loads the file of its argument with checkTensors. */
    static final class Checking {
        public static void main(String[] arguments) {
            ModelOptions options = ModelOptions.builder().checkTensors(true).build();
            try {
                Model.load(Path.of(arguments[0]), options).close();
                System.out.println("loaded");
            } catch (ModelLoadException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void checkTensors_weightThatIsNoNumber_isAnExceptionAndNothingOnStderr() {
        byte[] bytes = TinyGguf.builder().build().bytes();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, Float.NaN);
        ChildJvm.Result result = new ChildJvm(Checking.class).run(write(bytes).toString());
        assertThat(result.out()).contains("invalid data");
        assertThat(result.err()).doesNotContain("ggml");
        assertThat(result.exit()).isZero();
    }

    @Test
    void load_soundFile_isTriedOnce() throws IOException {
        Path file = write(TinyGguf.builder());
        ModelLocation location = new ModelLocation.Files(List.of(file));
        String key = FileTrials.of(ModelOptions.defaults(), location).key();
        assertThat(key).isNotEmpty();
        Model.load(file).close();
        assertThat(TriedFiles.contains(key)).isTrue();
        assertThat(FileTrials.of(ModelOptions.defaults(), location).key()).isEmpty();
        ModelOptions changed = ModelOptions.builder()
                .metadataOverrides(Map.of("llama.attention.layer_norm_rms_epsilon", 1e-6))
                .build();
        assertThat(FileTrials.of(changed, location).key()).isNotEmpty().isNotEqualTo(key);
        ModelOptions withHeads = ModelOptions.builder().mtpHeads(true).build();
        assertThat(FileTrials.of(withHeads, location).key()).isNotEmpty().isNotEqualTo(key);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L));
        assertThat(FileTrials.of(ModelOptions.defaults(), location).key()).isNotEmpty();
    }

    @Test
    void key_fileOfTheSameTimeWithOtherBytes_isAnother() throws IOException {
        byte[] bytes = TinyGguf.builder().build().bytes();
        String first = key(bytes);
        bytes[1000]++;
        assertThat(key(bytes)).isNotEqualTo(first);
    }

    private String key(byte[] bytes) throws IOException {
        Path file = write(bytes);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L));
        return TriedFiles.key(new ModelLocation.Files(List.of(file)), "".getBytes(StandardCharsets.UTF_8));
    }
}
