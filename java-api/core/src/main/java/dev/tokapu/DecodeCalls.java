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

    /** What a status that is no error means. */
    static DecodeStatus status(int status) {
        return switch (status) {
            case dev.tokapu.spi.DecodeStatus.NO_KV_SLOT -> DecodeStatus.NO_KV_SLOT;
            case dev.tokapu.spi.DecodeStatus.ABORTED -> DecodeStatus.ABORTED;
            default -> DecodeStatus.OK;
        };
    }

    /** Whether a context keeps hidden states: for a draft model, or for MTP heads. */
    static void keepHidden(NativeHandle context, boolean kept, @Nullable NativeHandle draft) {
        long id = context.acquire();
        try {
            long model = draft == null ? 0 : draft.acquire();
            try {
                context.check(
                        context.api().contexts().setHiddenStates(id, kept ? 1 : 0, model), "keeping hidden states");
            } finally {
                if (draft != null) {
                    draft.release();
                }
            }
        } finally {
            context.release();
        }
    }

    /** Decodes it from hidden states of another context or, if that is null, its own; the status. */
    static int runHidden(NativeApi api, long context, Batch batch, @Nullable NativeHandle source, int[] rows) {
        long id = source == null ? context : source.acquire();
        try {
            return api.contexts()
                    .decodeHidden(
                            context,
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
