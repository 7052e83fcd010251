package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.spi.ArrayChecks;
import dev.tokapu.spi.ContextApi;
import dev.tokapu.spi.Status;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** {@link ContextApi} over the generated downcalls. */
final class FfmContextApi implements ContextApi {

    @Override
    public int defaults(long[] ints, double[] floats) {
        try (Scratch s = Scratch.take()) {
            int status = TokapuH.tokapu_context_defaults(
                    s.a.reserve(8L * ints.length), ints.length, s.b.reserve(8L * floats.length), floats.length);
            if (status == Status.OK) {
                s.a.out(ints);
                s.b.out(floats);
            }
            return status;
        }
    }

    @Override
    public int create(long model, long[] ints, double[] floats, long[] context) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(
                    TokapuH.tokapu_context_new(
                            model, s.a.in(ints), ints.length, s.b.in(floats), floats.length, s.cell(context)),
                    context);
        }
    }

    @Override
    public int newMtp(long model, long[] ints, double[] floats, long[] context) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(
                    TokapuH.tokapu_context_new_mtp(
                            model, s.a.in(ints), ints.length, s.b.in(floats), floats.length, s.cell(context)),
                    context);
        }
    }

    @Override
    public int newEagle3(long model, long target, long[] ints, double[] floats, long[] context) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(
                    TokapuH.tokapu_context_new_eagle3(
                            model, target, s.a.in(ints), ints.length, s.b.in(floats), floats.length, s.cell(context)),
                    context);
        }
    }

    @Override
    public int free(long context) {
        return TokapuH.tokapu_context_free(context);
    }

    @Override
    public int info(long context, long[] info) {
        try (Scratch s = Scratch.take()) {
            return s.longsTo(TokapuH.tokapu_context_info(context, s.a.reserve(8L * info.length), info.length), info);
        }
    }

    @Override
    public int memory(long context, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_context_memory(context, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int setThreads(long context, int nThreads, int nThreadsBatch) {
        return TokapuH.tokapu_context_set_threads(context, nThreads, nThreadsBatch);
    }

    @Override
    public int setEmbeddings(long context, int embeddings) {
        return TokapuH.tokapu_context_set_embeddings(context, embeddings);
    }

    @Override
    public int setCausalAttention(long context, int causal) {
        return TokapuH.tokapu_context_set_causal_attention(context, causal);
    }

    @Override
    public int setHiddenStates(long context, int hiddenStates, long draft) {
        return TokapuH.tokapu_context_set_hidden_states(context, hiddenStates, draft);
    }

    @Override
    public int decode(
            long context,
            int nTokens,
            int @Nullable [] tokens,
            float @Nullable [] embeddings,
            int @Nullable [] positions,
            int @Nullable [] nSeqIds,
            int @Nullable [] seqIds,
            byte @Nullable [] outputs) {
        int nAllSeqIds = ArrayChecks.batch(nTokens, tokens, positions, nSeqIds, seqIds, outputs);
        try (Scratch s = Scratch.take()) {
            return TokapuH.tokapu_decode(
                    context,
                    nTokens,
                    ints(s.a, tokens, nTokens),
                    floats(s.b, embeddings),
                    ints(s.c, positions, nTokens),
                    ints(s.d, nSeqIds, nTokens),
                    ints(s.e, seqIds, nAllSeqIds),
                    bytes(s.f, outputs, nTokens));
        }
    }

    @Override
    public int decodeHidden(
            long context,
            int nTokens,
            int[] tokens,
            int @Nullable [] positions,
            int @Nullable [] nSeqIds,
            int @Nullable [] seqIds,
            byte @Nullable [] outputs,
            long source,
            int[] rows) {
        int nAllSeqIds = ArrayChecks.batch(nTokens, tokens, positions, nSeqIds, seqIds, outputs);
        ArrayChecks.atLeast(rows.length, nTokens, "rows");
        try (Scratch s = Scratch.take()) {
            return TokapuH.tokapu_decode_hidden(
                    context,
                    nTokens,
                    ints(s.a, tokens, nTokens),
                    ints(s.c, positions, nTokens),
                    ints(s.d, nSeqIds, nTokens),
                    ints(s.e, seqIds, nAllSeqIds),
                    bytes(s.f, outputs, nTokens),
                    source,
                    ints(s.b, rows, nTokens));
        }
    }

    @Override
    public int encode(
            long context,
            int nTokens,
            int @Nullable [] tokens,
            float @Nullable [] embeddings,
            int @Nullable [] positions,
            int @Nullable [] nSeqIds,
            int @Nullable [] seqIds,
            byte @Nullable [] outputs) {
        int nAllSeqIds = ArrayChecks.batch(nTokens, tokens, positions, nSeqIds, seqIds, outputs);
        try (Scratch s = Scratch.take()) {
            return TokapuH.tokapu_encode(
                    context,
                    nTokens,
                    ints(s.a, tokens, nTokens),
                    floats(s.b, embeddings),
                    ints(s.c, positions, nTokens),
                    ints(s.d, nSeqIds, nTokens),
                    ints(s.e, seqIds, nAllSeqIds),
                    bytes(s.f, outputs, nTokens));
        }
    }

    private static MemorySegment ints(Buffer buffer, int @Nullable [] source, int n) {
        return source == null ? MemorySegment.NULL : buffer.in(source, n);
    }

    private static MemorySegment floats(Buffer buffer, float @Nullable [] source) {
        return source == null ? MemorySegment.NULL : buffer.in(source, source.length);
    }

    private static MemorySegment bytes(Buffer buffer, byte @Nullable [] source, int n) {
        return source == null ? MemorySegment.NULL : buffer.in(source, n);
    }

    @Override
    public int synchronize(long context) {
        return TokapuH.tokapu_context_synchronize(context);
    }

    @Override
    public int abort(long context, int active) {
        return TokapuH.tokapu_context_abort(context, active);
    }

    @Override
    public int logits(long context, int index, float[] logits) {
        try (Scratch s = Scratch.take()) {
            int status = TokapuH.tokapu_logits(context, index, s.a.reserve(4L * logits.length), logits.length);
            if (status == Status.OK) {
                s.a.out(logits, logits.length);
            }
            return status;
        }
    }

    @Override
    public int embeddings(long context, int index, float[] embeddings, int[] n) {
        try (Scratch s = Scratch.take()) {
            return s.floatsTo(
                    TokapuH.tokapu_embeddings(
                            context, index, s.a.reserve(4L * embeddings.length), embeddings.length, s.cell(n)),
                    embeddings,
                    n);
        }
    }

    @Override
    public int embeddingsSeq(long context, int seqId, float[] embeddings, int[] n) {
        try (Scratch s = Scratch.take()) {
            return s.floatsTo(
                    TokapuH.tokapu_embeddings_seq(
                            context, seqId, s.a.reserve(4L * embeddings.length), embeddings.length, s.cell(n)),
                    embeddings,
                    n);
        }
    }
}
