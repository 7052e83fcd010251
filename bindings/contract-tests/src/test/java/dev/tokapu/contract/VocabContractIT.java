package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_BUFFER;
import static dev.tokapu.spi.Status.ERROR_TOKENIZE;
import static dev.tokapu.spi.Status.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.ModelInfoKey;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabContractIT extends Contract {

    private long model;
    private int vocabSize;

    @BeforeEach
    void load() {
        model = model();
        vocabSize = vocabSize(model);
    }

    private int tokenizeInto(String text, int addSpecial, int parseSpecial, int[] tokens, int[] n) {
        return api.vocab().tokenize(model, utf8(text), addSpecial, parseSpecial, tokens, n);
    }

    private String detokenize(int removeSpecial, int unparseSpecial, int... tokens) {
        return text((buf, length) ->
                api.vocab().detokenize(model, tokens, tokens.length, removeSpecial, unparseSpecial, buf, length));
    }

    private String piece(int token, int special) {
        return text((buf, length) -> api.vocab().tokenPiece(model, token, special, buf, length));
    }

    // --- tokenize

    @ParameterizedTest
    @ValueSource(
            strings = {
                "the ring and the thing",
                "Hello, world!",
                "\u00e9\u00fc \u4e2d\u6587",
                "emoji \ud83d\ude00 \ud83d\udc69\u200d\ud83d\ude80",
                "a\0b\0",
                "\n\t\r",
                "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627"
            })
    void tokenize_text_comesBackFromDetokenize(String text) {
        int[] tokens = tokenize(model, text);

        assertThat(tokens[0]).isEqualTo((int) modelInfo(model, ModelInfoKey.BOS));
        assertThat(detokenize(0, 0, Arrays.copyOfRange(tokens, 1, tokens.length)))
                .isEqualTo(text);
    }

    @Test
    void tokenize_bufferTooSmall_writesNothingAndTellsTheNumber() {
        int[] all = tokenize(model, "the ring and the thing");
        int[] tokens = new int[all.length - 1];
        Arrays.fill(tokens, -7);
        int[] n = {-1};

        refused(ERROR_BUFFER, tokenizeInto("the ring and the thing", 1, 0, tokens, n));

        assertThat(n[0]).isEqualTo(all.length);
        assertThat(tokens).containsOnly(-7);
        int[] none = {-1};
        refused(ERROR_BUFFER, tokenizeInto("the ring and the thing", 1, 0, new int[0], none));
        assertThat(none[0]).isEqualTo(all.length);
    }

    @Test
    void tokenize_largerArray_leavesTheRestAlone() {
        int[] tokens = new int[100];
        Arrays.fill(tokens, -7);
        int[] n = new int[1];

        ok(tokenizeInto("the end", 0, 0, tokens, n));

        assertThat(Arrays.copyOfRange(tokens, n[0], 100)).containsOnly(-7);
    }

    @Test
    void tokenize_emptyText_givesNothingOrBos() {
        int[] n = {-1};
        ok(tokenizeInto("", 0, 0, new int[0], n));
        assertThat(n[0]).isZero();
        assertThat(tokenize(model, "")).containsExactly((int) modelInfo(model, ModelInfoKey.BOS));
    }

    @Test
    void tokenize_controlText_isParsedOnlyWhenAsked() {
        int[] tokens = new int[100];
        int[] n = new int[1];

        ok(tokenizeInto("<|im_end|>", 0, 1, tokens, n));
        assertThat(n[0]).isEqualTo(1);
        int[] isControl = new int[1];
        ok(api.vocab().tokenIsControl(model, tokens[0], isControl));
        assertThat(isControl[0]).isEqualTo(1);

        ok(tokenizeInto("<|im_end|>", 0, 0, tokens, n));
        assertThat(n[0]).isGreaterThan(5);
    }

    @Test
    void tokenize_longText_passesInOnePiece() {
        String text = "the ring and the thing ".repeat(200_000);
        int[] tokens = new int[text.length()];
        int[] n = new int[1];

        ok(tokenizeInto(text, 0, 0, tokens, n));

        int[] exact = Arrays.copyOf(tokens, n[0]);
        byte[] buf = new byte[text.length() + 10];
        int[] length = new int[1];
        ok(api.vocab().detokenize(model, exact, exact.length, 0, 0, buf, length));
        assertThat(string(buf, length[0]).strip()).isEqualTo(text.strip());
    }

    @Test
    void tokenize_randomBytes_neverEndsTheProcess() {
        Random random = new Random(3);
        for (int i = 0; i < 300; i++) {
            byte[] text = new byte[random.nextInt(40)];
            random.nextBytes(text);
            int status = api.vocab().tokenize(model, text, 1, 1, new int[500], new int[1]);
            assertThat(status).isIn(OK, ERROR_TOKENIZE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void tokenize_flagOutOfRange_isRefused(int flag) {
        refused(ERROR_ARGUMENT, tokenizeInto("a", flag, 0, new int[10], new int[1]), "add_special");
        refused(ERROR_ARGUMENT, tokenizeInto("a", 0, flag, new int[10], new int[1]), "parse_special");
    }

    // --- detokenize

    @Test
    void detokenize_specialTokens_areShownOrRemovedAsAsked() {
        int bos = (int) modelInfo(model, ModelInfoKey.BOS);
        int[] tokens = tokenize(model, "the end");

        assertThat(detokenize(0, 1, tokens)).startsWith("<s>").endsWith("the end");
        assertThat(detokenize(1, 1, tokens)).doesNotContain("<s>");
        assertThat(detokenize(0, 0, bos)).isEmpty();
    }

    @Test
    void detokenize_noTokens_isEmpty() {
        assertThat(detokenize(0, 0)).isEmpty();
    }

    @Test
    void detokenize_countBelowArrayLength_takesThatMany() {
        int[] tokens = tokenize(model, "the end");
        byte[] buf = new byte[100];
        int[] length = new int[1];
        ok(api.vocab().detokenize(model, tokens, 1, 0, 1, buf, length));
        assertThat(string(buf, length[0])).isEqualTo("<s>");
    }

    @Test
    void detokenize_countOutOfRange_isRefused() {
        refused(
                ERROR_ARGUMENT,
                api.vocab().detokenize(model, new int[3], -1, 0, 0, new byte[9], new int[1]),
                "n_tokens");
        assertThatThrownBy(() -> api.vocab().detokenize(model, new int[3], 4, 0, 0, new byte[9], new int[1]))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1_000_000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void tokenFunctions_tokenOutOfRange_areRefused(int token) {
        byte[] buf = new byte[100];
        int[] out = new int[1];
        refused(ERROR_ARGUMENT, api.vocab().tokenPiece(model, token, 0, buf, out), "token is " + token, "vocabulary");
        refused(ERROR_ARGUMENT, api.vocab().tokenText(model, token, buf, out), "token is " + token);
        refused(ERROR_ARGUMENT, api.vocab().tokenAttributes(model, token, out), "token is " + token);
        refused(ERROR_ARGUMENT, api.vocab().tokenScore(model, token, new float[1]), "token is " + token);
        refused(ERROR_ARGUMENT, api.vocab().tokenIsEog(model, token, out), "token is " + token);
        refused(ERROR_ARGUMENT, api.vocab().tokenIsControl(model, token, out), "token is " + token);
        refused(
                ERROR_ARGUMENT,
                api.vocab().detokenize(model, new int[] {5, token}, 2, 0, 0, buf, out),
                "token 1",
                "" + token);
    }

    // --- single tokens

    @Test
    void tokenFunctions_wholeVocabulary_answerAll() {
        Set<Integer> attributes = new HashSet<>();
        int[] out = new int[1];
        float[] score = new float[1];
        for (int token = 0; token < vocabSize; token++) {
            piece(token, 0);
            piece(token, 1);
            int t = token;
            assertThat(text((buf, length) -> api.vocab().tokenText(model, t, buf, length)))
                    .isNotEmpty();
            ok(api.vocab().tokenAttributes(model, token, out));
            attributes.add(out[0]);
            ok(api.vocab().tokenScore(model, token, score));
            ok(api.vocab().tokenIsEog(model, token, out));
            assertThat(out[0]).isBetween(0, 1);
            ok(api.vocab().tokenIsControl(model, token, out));
            assertThat(out[0]).isBetween(0, 1);
        }
        assertThat(attributes).hasSizeGreaterThan(2);
    }

    @Test
    void tokenPiece_controlToken_isEmptyUnlessAsked() {
        int eos = (int) modelInfo(model, ModelInfoKey.EOS);
        assertThat(piece(eos, 0)).isEmpty();
        assertThat(piece(eos, 1)).isEqualTo("</s>");
    }

    @Test
    void tokenPiece_flagOutOfRange_isRefused() {
        refused(ERROR_ARGUMENT, api.vocab().tokenPiece(model, 5, 2, new byte[9], new int[1]), "special");
    }

    @Test
    void tokenIsEog_endOfSequence_isOne() {
        int[] out = new int[1];
        ok(api.vocab().tokenIsEog(model, (int) modelInfo(model, ModelInfoKey.EOS), out));
        assertThat(out[0]).isEqualTo(1);
        ok(api.vocab().tokenIsEog(model, tokenize(model, "the")[1], out));
        assertThat(out[0]).isZero();
    }

    @Test
    void tokenScore_firstMerge_isTheHighest() {
        float[] first = new float[1];
        float[] later = new float[1];
        int[] tokens = tokenize(model, "t");
        ok(api.vocab().tokenScore(model, tokens[1], first));
        ok(api.vocab().tokenScore(model, vocabSize - 1, later));
        assertThat(first[0]).isGreaterThan(later[0]).isNegative();
    }

    @Test
    void vocabulary_fourThreads_answerTheSame() throws InterruptedException {
        int[] expected = tokenize(model, "the ring and the thing");
        Set<String> wrong = java.util.concurrent.ConcurrentHashMap.newKeySet();
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 2000; i++) {
                    int[] tokens = tokenize(model, "the ring and the thing");
                    if (!Arrays.equals(tokens, expected)) {
                        wrong.add(Arrays.toString(tokens));
                    }
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).isEmpty();
    }
}
