package dev.tokapu.ffm;

import static dev.tokapu.ffm.gen.TokapuH.tokapu_chat_template_apply;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_chat_template_caps;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_chat_template_free;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_chat_template_new;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_chat_template_source;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_detokenize;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_token_attributes;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_token_is_control;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_token_is_eog;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_token_piece;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_token_score;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_token_text;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_tokenize;

import dev.tokapu.spi.ArrayChecks;

/** The vocabulary and chat template functions of {@code tokapu.h}. */
abstract class VocabCalls extends ModelCalls {

    @Override
    public int tokenize(long model, byte[] text, int addSpecial, int parseSpecial, int[] tokens, int[] nTokens) {
        try (Scratch s = Scratch.take()) {
            return s.tokensTo(
                    tokapu_tokenize(
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
                    tokapu_detokenize(
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
                    tokapu_token_piece(model, token, special, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int tokenText(long model, int token, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_token_text(model, token, s.a.reserve(buf.length), buf.length, s.cell(length)), buf, length);
        }
    }

    @Override
    public int tokenAttributes(long model, int token, int[] attributes) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(tokapu_token_attributes(model, token, s.cell(attributes)), attributes);
        }
    }

    @Override
    public int tokenScore(long model, int token, float[] score) {
        try (Scratch s = Scratch.take()) {
            return s.floatTo(tokapu_token_score(model, token, s.cell(score)), score);
        }
    }

    @Override
    public int tokenIsEog(long model, int token, int[] isEog) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(tokapu_token_is_eog(model, token, s.cell(isEog)), isEog);
        }
    }

    @Override
    public int tokenIsControl(long model, int token, int[] isControl) {
        try (Scratch s = Scratch.take()) {
            return s.intTo(tokapu_token_is_control(model, token, s.cell(isControl)), isControl);
        }
    }

    @Override
    public int chatTemplateNew(long model, byte[] source, long[] chatTemplate) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(
                    tokapu_chat_template_new(model, s.a.in(source), source.length, s.cell(chatTemplate)), chatTemplate);
        }
    }

    @Override
    public int chatTemplateFree(long chatTemplate) {
        return tokapu_chat_template_free(chatTemplate);
    }

    @Override
    public int chatTemplateSource(long chatTemplate, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_chat_template_source(chatTemplate, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int chatTemplateCaps(long chatTemplate, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_chat_template_caps(chatTemplate, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int chatTemplateApply(long chatTemplate, byte[] request, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_chat_template_apply(
                            chatTemplate,
                            s.b.in(request),
                            request.length,
                            s.a.reserve(buf.length),
                            buf.length,
                            s.cell(length)),
                    buf,
                    length);
        }
    }
}
