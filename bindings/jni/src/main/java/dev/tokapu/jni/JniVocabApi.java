package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.atLeast;
import static dev.tokapu.spi.ArrayChecks.out;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.VocabApi;

/** {@link VocabApi} over the native methods that JavaCPP generates. */
final class JniVocabApi implements VocabApi {

    @Override
    public int tokenize(long model, byte[] text, int addSpecial, int parseSpecial, int[] tokens, int[] nTokens) {
        return TokapuLibrary.tokapu_tokenize(
                model, text, text.length, addSpecial, parseSpecial, tokens, tokens.length, out(nTokens));
    }

    @Override
    public int detokenize(
            long model, int[] tokens, int nTokens, int removeSpecial, int unparseSpecial, byte[] buf, int[] length) {
        atLeast(tokens.length, nTokens, "tokens");
        return TokapuLibrary.tokapu_detokenize(
                model, tokens, nTokens, removeSpecial, unparseSpecial, buf, buf.length, out(length));
    }

    @Override
    public int tokenPiece(long model, int token, int special, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_token_piece(model, token, special, buf, buf.length, out(length));
    }

    @Override
    public int tokenText(long model, int token, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_token_text(model, token, buf, buf.length, out(length));
    }

    @Override
    public int tokenAttributes(long model, int token, int[] attributes) {
        return TokapuLibrary.tokapu_token_attributes(model, token, out(attributes));
    }

    @Override
    public int tokenScore(long model, int token, float[] score) {
        return TokapuLibrary.tokapu_token_score(model, token, out(score));
    }

    @Override
    public int tokenIsEog(long model, int token, int[] isEog) {
        return TokapuLibrary.tokapu_token_is_eog(model, token, out(isEog));
    }

    @Override
    public int tokenIsControl(long model, int token, int[] isControl) {
        return TokapuLibrary.tokapu_token_is_control(model, token, out(isControl));
    }
}
