package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.out;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.ChatTemplateApi;

/** {@link ChatTemplateApi} over the native methods that JavaCPP generates. */
final class JniChatTemplateApi implements ChatTemplateApi {

    @Override
    public int create(long model, byte[] source, long[] chatTemplate) {
        return TokapuLibrary.tokapu_chat_template_new(model, source, source.length, out(chatTemplate));
    }

    @Override
    public int free(long chatTemplate) {
        return TokapuLibrary.tokapu_chat_template_free(chatTemplate);
    }

    @Override
    public int source(long chatTemplate, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_chat_template_source(chatTemplate, buf, buf.length, out(length));
    }

    @Override
    public int caps(long chatTemplate, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_chat_template_caps(chatTemplate, buf, buf.length, out(length));
    }

    @Override
    public int apply(long chatTemplate, byte[] request, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_chat_template_apply(
                chatTemplate, request, request.length, buf, buf.length, out(length));
    }

    @Override
    public int cachedText(byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_cached_text(buf, buf.length, out(length));
    }
}
