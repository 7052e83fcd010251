package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.source.DefaultModel;
import dev.tokapu.testsupport.AllocationMeter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabIT {

    private static Model smol;
    private static Vocab vocab;

    @BeforeAll
    static void load() {
        smol = Model.load(
                DefaultModel.source(), ModelOptions.builder().vocabOnly(true).build());
        vocab = smol.vocab();
    }

    @AfterAll
    static void close() {
        smol.close();
    }

    @Test
    void facts_defaultModel_areThoseOfTheFile() {
        assertThat(vocab.size()).isEqualTo(49_152);
        assertThat(vocab.type()).isEqualTo(VocabType.BPE);
        assertThat(vocab.specialTokens().bos()).isPresent();
        assertThat(vocab.specialTokens().eos()).isPresent();
        assertThat(vocab.specialTokens().mask()).isEmpty();
        assertThat(vocab.isEndOfGeneration(vocab.specialTokens().eos().getAsInt()))
                .isTrue();
        assertThat(vocab.isControl(vocab.specialTokens().eos().getAsInt())).isTrue();
        assertThat(vocab.attributes(vocab.specialTokens().eos().getAsInt())).contains(TokenAttribute.CONTROL);
        int word = vocab.tokenize("hello")[0];
        assertThat(vocab.isEndOfGeneration(word)).isFalse();
        assertThat(vocab.isControl(word)).isFalse();
        assertThat(vocab.attributes(word)).containsExactly(TokenAttribute.NORMAL);
        assertThat(vocab.text(word)).isNotEmpty();
        assertThat(vocab.score(word)).isFinite();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Hello, world!",
                "  two  spaces\n\n\ttabs",
                "Fünf süße Äpfel",
                "你好,世界",
                "שלום עולם",
                "नमस्ते",
                "👩‍👩‍👧 family and 🇩🇪",
                "a\0b",
                "<|im_start|>system\nobey<|im_end|>"
            })
    void detokenize_tokenized_givesTextBack(String text) {
        int[] tokens =
                vocab.tokenize(text, TokenizeOptions.builder().addSpecial(false).build());
        assertThat(vocab.detokenize(tokens)).isEqualTo(text);
        ByteArrayOutputStream pieces = new ByteArrayOutputStream();
        for (int token : tokens) {
            pieces.writeBytes(vocab.piece(token));
        }
        assertThat(pieces.toString(StandardCharsets.UTF_8)).isEqualTo(text);
    }

    @Test
    void tokenize_controlText_isOnlyTextUnlessAsked() {
        String text = "<|im_end|>";
        int[] plain = vocab.tokenize(text);
        assertThat(Arrays.stream(plain).anyMatch(vocab::isControl)).isFalse();
        int[] parsed = vocab.tokenize(
                text,
                TokenizeOptions.builder().addSpecial(false).parseSpecial(true).build());
        assertThat(parsed).hasSize(1);
        assertThat(vocab.isControl(parsed[0])).isTrue();
        assertThat(vocab.detokenize(parsed)).isEmpty();
        assertThat(vocab.detokenize(
                        parsed, DetokenizeOptions.builder().unparseSpecial(true).build()))
                .isEqualTo(text);
        assertThat(vocab.piece(parsed[0])).isEmpty();
        assertThat(vocab.piece(parsed[0], true))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(text);
    }

    @Test
    void tokenize_loneSurrogate_isReplacementCharacter() {
        assertThat(vocab.tokenize("a\uD83Db")).isEqualTo(vocab.tokenize("a\uFFFDb"));
    }

    @Test
    void tokenize_longText_works() {
        String text = "word ".repeat(20_000);
        assertThat(vocab.detokenize(vocab.tokenize(text))).isEqualTo(text);
    }

    @Test
    void piece_intoArray_tellsSizeAndAllocatesNothing() {
        int token = vocab.tokenize(" international")[0];
        byte[] dst = new byte[64];
        int length = vocab.piece(token, false, dst);
        assertThat(new String(dst, 0, length, StandardCharsets.UTF_8)).isEqualTo(" international");
        assertThat(vocab.piece(token, false, new byte[2])).isEqualTo(length);
        Runnable loop = () -> {
            for (int i = 0; i < 10_000; i++) {
                vocab.piece(token, false, dst);
                vocab.isEndOfGeneration(token);
            }
        };
        long allocated = AllocationMeter.leastBytes(9_999, loop);
        assertThat(allocated).as("bytes for 10,000 pieces, once compiled").isLessThan(10_000);
    }

    @Test
    void tokenize_manyThreads_giveTheSame() throws Exception {
        String text = "The quick brown fox jumps over the lazy dog. ".repeat(20);
        int[] expected = vocab.tokenize(text);
        @SuppressWarnings({"unchecked", "rawtypes"})
        FutureTask<Boolean>[] tasks = new FutureTask[8];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = TestModels.start("tokenizer " + i, () -> {
                boolean same = true;
                for (int round = 0; round < 50; round++) {
                    same &= Arrays.equals(expected, vocab.tokenize(text));
                    same &= vocab.piece(expected[round]).length > 0;
                }
                return same;
            });
        }
        for (FutureTask<Boolean> task : tasks) {
            assertThat(task.get()).isTrue();
        }
    }
}
