package dev.tokapu.spi;

/** The functions of {@code tokapu.h} for chat templates: compiling, rendering a conversation. */
public interface ChatTemplateApi {

    int create(long model, byte[] source, long[] chatTemplate);

    int free(long chatTemplate);

    int source(long chatTemplate, byte[] buf, int[] length);

    int caps(long chatTemplate, byte[] buf, int[] length);

    int apply(long chatTemplate, byte[] request, byte[] buf, int[] length);

    int cachedText(byte[] buf, int[] length);
}
