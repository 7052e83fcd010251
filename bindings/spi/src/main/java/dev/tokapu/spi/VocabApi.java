package dev.tokapu.spi;

/** The functions of {@code tokapu.h} for the vocabulary of a model: text to tokens and back. */
public interface VocabApi {

    int tokenize(long model, byte[] text, int addSpecial, int parseSpecial, int[] tokens, int[] nTokens);

    int detokenize(
            long model, int[] tokens, int nTokens, int removeSpecial, int unparseSpecial, byte[] buf, int[] length);

    int tokenPiece(long model, int token, int special, byte[] buf, int[] length);

    int tokenText(long model, int token, byte[] buf, int[] length);

    int tokenAttributes(long model, int token, int[] attributes);

    int tokenScore(long model, int token, float[] score);

    int tokenIsEog(long model, int token, int[] isEog);

    int tokenIsControl(long model, int token, int[] isControl);
}
