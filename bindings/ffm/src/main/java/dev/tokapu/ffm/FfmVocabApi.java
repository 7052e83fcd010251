package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.spi.ArrayChecks;
import dev.tokapu.spi.VocabApi;

/** {@link VocabApi} over the generated downcalls. */
final class FfmVocabApi implements VocabApi {

    @Override
    public int tokenize(long model, byte[] text, int addSpecial, int parseSpecial, int[] tokens, int[] nTokens) {
        try (Scratch s = Scratch.take()) {
            return s.tokensTo(
                    TokapuH.tokapu_tokenize(
                            model,
                            s.b.in(text),
                            text.length,
                            addSpecial,
                            parseSpecial,
                            s.a.reserve(4L * tokens.length),
                            tokens.length,
                            s.cell(nTokens)),
                    tokens,
                    nTokens);
        }
    }

    @Override
    public int detokenize(
            long model, int[] tokens, int nTokens, int removeSpecial, int unparseSpecial, byte[] buf, int[] length) {
        ArrayChecks.atLeast(tokens.length, nTokens, "tokens");
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_detokenize(
                            model,
                            s.b.in(tokens, nTokens),
                            nTokens,
                            removeSpecial,
                            unparseSpecial,
                            s.a.reserve(buf.length),
                            buf.length,
                            s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int tokenPiece(long model, int token, int special, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_token_piece(
                            model, token, special, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int tokenText(long model, int token, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_token_text(model, token, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int tokenAttributes(long model, int token, int[] attributes) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(TokapuH.tokapu_token_attributes(model, token, s.cell(attributes)), attributes);
        }
    }

    @Override
    public int tokenScore(long model, int token, float[] score) {
        try (Scratch s = Scratch.take()) {
            return s.floatTo(TokapuH.tokapu_token_score(model, token, s.cell(score)), score);
        }
    }

    @Override
    public int tokenIsEog(long model, int token, int[] isEog) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(TokapuH.tokapu_token_is_eog(model, token, s.cell(isEog)), isEog);
        }
    }

    @Override
    public int tokenIsControl(long model, int token, int[] isControl) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(TokapuH.tokapu_token_is_control(model, token, s.cell(isControl)), isControl);
        }
    }
}
