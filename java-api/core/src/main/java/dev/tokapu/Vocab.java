package dev.tokapu;

import dev.tokapu.exception.TokenizationException;
import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.util.Checks;
import dev.tokapu.internal.util.ReusableInt;
import dev.tokapu.spi.ModelInfoKey;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.Status;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The vocabulary of a {@link Model}: text to tokens, tokens to text, and what each token is.
 *
 * <p>Tokens are ids from 0 to {@link #size()} - 1. Input text never becomes control tokens unless {@link
 * TokenizeOptions#parseSpecial()} is set; an unpaired surrogate becomes U+FFFD. The text of some tokens of a message
 * may end inside a character: {@link #piece} gives the bytes, {@link #detokenize} puts U+FFFD there.
 *
 * <p>It is usable as long as its model is open. Tokenizing is native code, which pins the carrier of a virtual thread:
 * a megabyte of text takes a second
 * or more.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class Vocab {

    private final NativeHandle handle;
    private final NativeApi api;
    private final int size;
    private final VocabType type;
    private final SpecialTokens specialTokens;
    private final ReusableInt scratch = new ReusableInt();

    Vocab(NativeHandle handle, long[] info) {
        this.handle = handle;
        this.api = handle.api();
        this.size = (int) info[ModelInfoKey.N_VOCAB];
        this.type = VocabType.of(info[ModelInfoKey.VOCAB_TYPE]);
        this.specialTokens = new SpecialTokens(info);
    }

    /** {@return the number of tokens, 0 when the model has no vocabulary} */
    public int size() {
        return size;
    }

    /** {@return the kind of tokenizer} */
    public VocabType type() {
        return type;
    }

    /** {@return the tokens with a meaning of their own, such as BOS and EOS; always the same object} */
    public SpecialTokens specialTokens() {
        return specialTokens;
    }

    /**
     * Turns text into tokens, with BOS and EOS as the model wants them; the text is never parsed for control tokens.
     *
     * @param text the text
     * @throws TokenizationException when this vocabulary has no tokens for the text
     */
    public int[] tokenize(String text) {
        return tokenize(text, TokenizeOptions.defaults());
    }

    /**
     * Turns text into tokens.
     *
     * @param text the text
     * @param options whether to add tokens around it and whether to read control tokens in it
     * @throws TokenizationException when this vocabulary has no tokens for the text
     */
    public int[] tokenize(String text, TokenizeOptions options) {
        byte[] utf8 = NativeErrors.utf8(text);
        int[] tokens = new int[Math.addExact(utf8.length, 2)];
        int[] count = new int[1];
        long id = handle.acquire();
        try {
            int status = tokenize(id, utf8, options, tokens, count);
            if (status == Status.ERROR_BUFFER) {
                tokens = new int[count[0]];
                status = tokenize(id, utf8, options, tokens, count);
            }
            handle.check(status, "tokenize");
        } finally {
            handle.release();
        }
        return Arrays.copyOf(tokens, count[0]);
    }

    private int tokenize(long id, byte[] utf8, TokenizeOptions options, int[] tokens, int[] count) {
        return api.vocab()
                .tokenize(id, utf8, options.addSpecial() ? 1 : 0, options.parseSpecial() ? 1 : 0, tokens, count);
    }

    /**
     * Turns tokens into text; control tokens are empty.
     *
     * @param tokens the ids
     */
    public String detokenize(int... tokens) {
        return detokenize(tokens, DetokenizeOptions.defaults());
    }

    /**
     * Turns tokens into text.
     *
     * @param tokens the ids
     * @param options how tokens around a text and control tokens are treated
     * @return the text, with U+FFFD where the tokens are not whole characters
     */
    public String detokenize(int[] tokens, DetokenizeOptions options) {
        for (int token : tokens) {
            Checks.token(token, size);
        }
        long id = handle.acquire();
        try {
            byte[] bytes = NativeErrors.bytes(
                    api,
                    Math.max(64, Math.multiplyExact(tokens.length, 8)),
                    "detokenize",
                    handle.name(),
                    (buf, length) -> api.vocab()
                            .detokenize(
                                    id,
                                    tokens,
                                    tokens.length,
                                    options.removeSpecial() ? 1 : 0,
                                    options.unparseSpecial() ? 1 : 0,
                                    buf,
                                    length));
            return new String(bytes, StandardCharsets.UTF_8);
        } finally {
            handle.release();
        }
    }

    /**
     * The bytes of a token in running text; none for a control token.
     *
     * @param token its id
     * @return UTF-8, perhaps only a part of a character
     */
    public byte[] piece(int token) {
        return piece(token, false);
    }

    /**
     * The bytes of a token in running text.
     *
     * @param token its id
     * @param special whether a control token is rendered as its text; it has no bytes otherwise
     * @return UTF-8, perhaps only a part of a character
     */
    public byte[] piece(int token, boolean special) {
        byte[] bytes = new byte[32];
        int length = piece(token, special, bytes);
        if (length > bytes.length) {
            bytes = new byte[length];
            length = piece(token, special, bytes);
        }
        return Arrays.copyOf(bytes, length);
    }

    /**
     * Writes the bytes of a token in running text, without allocating.
     *
     * @param token its id
     * @param special whether a control token is rendered as its text
     * @param dst receives the bytes from index 0
     * @return the length of the token in bytes; when it exceeds that of {@code dst}, nothing was written
     */
    public int piece(int token, boolean special, byte[] dst) {
        Checks.token(token, size);
        int[] length = scratch.take();
        long id = handle.acquire();
        try {
            int status = api.vocab().tokenPiece(id, token, special ? 1 : 0, dst, length);
            if (status != Status.ERROR_BUFFER) {
                handle.check(status, "token to text");
            }
            return length[0];
        } finally {
            handle.release();
            scratch.giveBack(length);
        }
    }

    /**
     * The entry of a token in the vocabulary, where white space may be written as other characters.
     *
     * @param token its id
     */
    public String text(int token) {
        Checks.token(token, size);
        return handle.text("text of a token", (id, buf, length) -> api.vocab().tokenText(id, token, buf, length));
    }

    /**
     * The score of a token, which only SPM and UGM vocabularies define.
     *
     * @param token its id
     */
    public float score(int token) {
        Checks.token(token, size);
        float[] score = new float[1];
        long id = handle.acquire();
        try {
            handle.check(api.vocab().tokenScore(id, token, score), "score of a token");
            return score[0];
        } finally {
            handle.release();
        }
    }

    /**
     * What a token is.
     *
     * @param token its id
     * @return its attributes, unmodifiable
     */
    public Set<TokenAttribute> attributes(int token) {
        Checks.token(token, size);
        int bits = attributeBits(token);
        EnumSet<TokenAttribute> attributes = EnumSet.noneOf(TokenAttribute.class);
        for (TokenAttribute attribute : TokenAttribute.values()) {
            if ((bits & attribute.code()) != 0) {
                attributes.add(attribute);
            }
        }
        return Collections.unmodifiableSet(attributes);
    }

    private int attributeBits(int token) {
        int[] bits = scratch.take();
        long id = handle.acquire();
        try {
            handle.check(api.vocab().tokenAttributes(id, token, bits), "attributes of a token");
            return bits[0];
        } finally {
            handle.release();
            scratch.giveBack(bits);
        }
    }

    /**
     * Whether a token ends a generation: end of text, end of turn and the like.
     *
     * @param token its id
     * @return true when generation should stop at it
     */
    public boolean isEndOfGeneration(int token) {
        Checks.token(token, size);
        int[] flag = scratch.take();
        long id = handle.acquire();
        try {
            handle.check(api.vocab().tokenIsEog(id, token, flag), "end of generation of a token");
            return flag[0] != 0;
        } finally {
            handle.release();
            scratch.giveBack(flag);
        }
    }

    /**
     * Whether a token controls the model instead of being text.
     *
     * @param token its id
     * @return true for a control token
     */
    public boolean isControl(int token) {
        Checks.token(token, size);
        int[] flag = scratch.take();
        long id = handle.acquire();
        try {
            handle.check(api.vocab().tokenIsControl(id, token, flag), "kind of a token");
            return flag[0] != 0;
        } finally {
            handle.release();
            scratch.giveBack(flag);
        }
    }

    @Override
    public String toString() {
        return "Vocab(" + type + ", " + size + " tokens)";
    }
}
