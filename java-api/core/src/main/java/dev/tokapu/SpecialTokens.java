package dev.tokapu;

import dev.tokapu.spi.ModelInfoKey;
import java.util.Arrays;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a {@link Vocab} with a meaning of their own, each empty when the vocabulary has none, and which of them the
 * tokenizer adds. It is a value, and stays when the model is closed.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class SpecialTokens {

    private static final int[] KEYS = {
        ModelInfoKey.BOS,
        ModelInfoKey.EOS,
        ModelInfoKey.EOT,
        ModelInfoKey.SEP,
        ModelInfoKey.NL,
        ModelInfoKey.PAD,
        ModelInfoKey.MASK,
        ModelInfoKey.FIM_PRE,
        ModelInfoKey.FIM_SUF,
        ModelInfoKey.FIM_MID,
        ModelInfoKey.FIM_PAD,
        ModelInfoKey.FIM_REP,
        ModelInfoKey.FIM_SEP,
        ModelInfoKey.ADD_BOS,
        ModelInfoKey.ADD_EOS,
        ModelInfoKey.ADD_SEP
    };

    /** By the constants {@code MODEL_INFO_}. */
    private final long[] info;

    SpecialTokens(long[] info) {
        this.info = info;
    }

    /** {@return the token that begins a text} */
    public OptionalInt bos() {
        return token(info, ModelInfoKey.BOS);
    }

    /** {@return the token that ends a text} */
    public OptionalInt eos() {
        return token(info, ModelInfoKey.EOS);
    }

    /** {@return the token that ends a turn} */
    public OptionalInt eot() {
        return token(info, ModelInfoKey.EOT);
    }

    /** {@return the token that separates texts} */
    public OptionalInt sep() {
        return token(info, ModelInfoKey.SEP);
    }

    /** {@return the token of a line end} */
    public OptionalInt newline() {
        return token(info, ModelInfoKey.NL);
    }

    /** {@return the padding token} */
    public OptionalInt pad() {
        return token(info, ModelInfoKey.PAD);
    }

    /** {@return the mask token} */
    public OptionalInt mask() {
        return token(info, ModelInfoKey.MASK);
    }

    /** {@return the token before the prefix, for filling in the middle} */
    public OptionalInt fimPrefix() {
        return token(info, ModelInfoKey.FIM_PRE);
    }

    /** {@return the token before the suffix, for filling in the middle} */
    public OptionalInt fimSuffix() {
        return token(info, ModelInfoKey.FIM_SUF);
    }

    /** {@return the token before the middle, for filling in the middle} */
    public OptionalInt fimMiddle() {
        return token(info, ModelInfoKey.FIM_MID);
    }

    /** {@return the padding token for filling in the middle} */
    public OptionalInt fimPad() {
        return token(info, ModelInfoKey.FIM_PAD);
    }

    /** {@return the token before the name of a repository, for filling in the middle} */
    public OptionalInt fimRepository() {
        return token(info, ModelInfoKey.FIM_REP);
    }

    /** {@return the token between files, for filling in the middle} */
    public OptionalInt fimSeparator() {
        return token(info, ModelInfoKey.FIM_SEP);
    }

    /** {@return whether the tokenizer puts BOS before a text} */
    public boolean addsBos() {
        return info[ModelInfoKey.ADD_BOS] != 0;
    }

    /** {@return whether the tokenizer puts EOS after a text} */
    public boolean addsEos() {
        return info[ModelInfoKey.ADD_EOS] != 0;
    }

    /** {@return whether the tokenizer puts SEP between texts} */
    public boolean addsSep() {
        return info[ModelInfoKey.ADD_SEP] != 0;
    }

    /** The token at a key of the model's numbers, where negative ones stand for none. */
    static OptionalInt token(long[] info, int key) {
        int token = (int) info[key];
        return token < 0 ? OptionalInt.empty() : OptionalInt.of(token);
    }

    private long[] values() {
        return Arrays.stream(KEYS).mapToLong(key -> info[key]).toArray();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SpecialTokens that && Arrays.equals(values(), that.values());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values());
    }

    @Override
    public String toString() {
        return "SpecialTokens[bos=" + bos() + ", eos=" + eos() + ", eot=" + eot() + "]";
    }
}
