package dev.tokapu;

import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.spi.NativeApi;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The native calls that process a batch. They allocate nothing. */
final class DecodeCalls {

    private DecodeCalls() {}

    /** Decodes or encodes it; the status. */
    static int run(NativeApi api, long context, Batch batch, boolean encode) {
        return encode
                ? api.contexts()
                        .encode(
                                context,
                                batch.size(),
                                batch.tokens(),
                                batch.embeddings(),
                                batch.positions(),
                                batch.sequenceCounts(),
                                batch.sequences(),
                                batch.outputs())
                : api.contexts()
                        .decode(
                                context,
                                batch.size(),
                                batch.tokens(),
                                batch.embeddings(),
                                batch.positions(),
                                batch.sequenceCounts(),
                                batch.sequences(),
                                batch.outputs());
    }

    /** Decodes it with MTP heads, from hidden states of another context or, if that is null, their own; the status. */
    static int runMtp(NativeApi api, long heads, Batch batch, @Nullable NativeHandle source, int[] rows) {
        long id = source == null ? heads : source.acquire();
        try {
            return api.contexts()
                    .decodeMtp(
                            heads,
                            batch.size(),
                            Objects.requireNonNull(batch.tokens()),
                            batch.positions(),
                            batch.sequenceCounts(),
                            batch.sequences(),
                            batch.outputs(),
                            id,
                            rows);
        } finally {
            if (source != null) {
                source.release();
            }
        }
    }
}
