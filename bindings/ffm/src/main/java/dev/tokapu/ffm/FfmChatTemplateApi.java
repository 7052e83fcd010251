package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.spi.ChatTemplateApi;

/** {@link ChatTemplateApi} over the generated downcalls. */
final class FfmChatTemplateApi implements ChatTemplateApi {

    @Override
    public int cachedText(byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_cached_text(s.a.reserve(buf.length), buf.length, s.cell(length)), buf, length);
        }
    }

    @Override
    public int create(long model, byte[] source, long[] chatTemplate) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(
                    TokapuH.tokapu_chat_template_new(model, s.a.in(source), source.length, s.cell(chatTemplate)),
                    chatTemplate);
        }
    }

    @Override
    public int free(long chatTemplate) {
        return TokapuH.tokapu_chat_template_free(chatTemplate);
    }

    @Override
    public int source(long chatTemplate, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_chat_template_source(
                            chatTemplate, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int caps(long chatTemplate, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_chat_template_caps(
                            chatTemplate, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int apply(long chatTemplate, byte[] request, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_chat_template_apply(
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
