package dev.tokapu.ffm;

import static dev.tokapu.ffm.gen.TokapuH.tokapu_context_abort;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_context_defaults;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_context_free;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_context_info;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_context_memory;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_context_new;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_context_set_causal_attention;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_context_set_embeddings;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_context_set_threads;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_context_synchronize;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_decode;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_embeddings;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_embeddings_seq;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_encode;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_logits;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_memory_clear;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_memory_seq_add;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_memory_seq_cp;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_memory_seq_div;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_memory_seq_keep;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_memory_seq_range;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_memory_seq_rm;

import dev.tokapu.spi.ArrayChecks;
import dev.tokapu.spi.NativeConstants;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The context and memory functions of {@code tokapu.h}. */
abstract class ContextCalls extends VocabCalls {

    @Override
    public int contextDefaults(long[] ints, double[] floats) {
        try (Scratch s = Scratch.take()) {
            int status = tokapu_context_defaults(
                    s.a.reserve(8L * ints.length), ints.length, s.b.reserve(8L * floats.length), floats.length);
            if (status == NativeConstants.OK) {
                s.a.out(ints);
                s.b.out(floats);
            }
            return status;
        }
    }

    @Override
    public int contextNew(long model, long[] ints, double[] floats, long[] context) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(
                    tokapu_context_new(
                            model, s.a.in(ints), ints.length, s.b.in(floats), floats.length, s.cell(context)),
                    context);
        }
    }

    @Override
    public int contextFree(long context) {
        return tokapu_context_free(context);
    }

    @Override
    public int contextInfo(long context, long[] info) {
        try (Scratch s = Scratch.take()) {
            return s.longsTo(tokapu_context_info(context, s.a.reserve(8L * info.length), info.length), info);
        }
    }

    @Override
    public int contextMemory(long context, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_context_memory(context, s.a.reserve(buf.length), buf.length, s.cell(length)), buf, length);
        }
    }

    @Override
    public int contextSetThreads(long context, int nThreads, int nThreadsBatch) {
        return tokapu_context_set_threads(context, nThreads, nThreadsBatch);
    }

    @Override
    public int contextSetEmbeddings(long context, int embeddings) {
        return tokapu_context_set_embeddings(context, embeddings);
    }

    @Override
    public int contextSetCausalAttention(long context, int causal) {
        return tokapu_context_set_causal_attention(context, causal);
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
            return tokapu_decode(
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
            return tokapu_encode(
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
    public int contextSynchronize(long context) {
        return tokapu_context_synchronize(context);
    }

    @Override
    public int contextAbort(long context, int active) {
        return tokapu_context_abort(context, active);
    }

    @Override
    public int logits(long context, int index, float[] logits) {
        try (Scratch s = Scratch.take()) {
            int status = tokapu_logits(context, index, s.a.reserve(4L * logits.length), logits.length);
            if (status == NativeConstants.OK) {
                s.a.out(logits, logits.length);
            }
            return status;
        }
    }

    @Override
    public int embeddings(long context, int index, float[] embeddings, int[] n) {
        try (Scratch s = Scratch.take()) {
            return s.floatsTo(
                    tokapu_embeddings(
                            context, index, s.a.reserve(4L * embeddings.length), embeddings.length, s.cell(n)),
                    embeddings,
                    n);
        }
    }

    @Override
    public int embeddingsSeq(long context, int seqId, float[] embeddings, int[] n) {
        try (Scratch s = Scratch.take()) {
            return s.floatsTo(
                    tokapu_embeddings_seq(
                            context, seqId, s.a.reserve(4L * embeddings.length), embeddings.length, s.cell(n)),
                    embeddings,
                    n);
        }
    }

    // --- memory

    @Override
    public int memoryClear(long context, int data) {
        return tokapu_memory_clear(context, data);
    }

    @Override
    public int memorySeqRm(long context, int seqId, int p0, int p1) {
        return tokapu_memory_seq_rm(context, seqId, p0, p1);
    }

    @Override
    public int memorySeqCp(long context, int src, int dst, int p0, int p1) {
        return tokapu_memory_seq_cp(context, src, dst, p0, p1);
    }

    @Override
    public int memorySeqKeep(long context, int seqId) {
        return tokapu_memory_seq_keep(context, seqId);
    }

    @Override
    public int memorySeqAdd(long context, int seqId, int p0, int p1, int delta) {
        return tokapu_memory_seq_add(context, seqId, p0, p1, delta);
    }

    @Override
    public int memorySeqDiv(long context, int seqId, int p0, int p1, int divisor) {
        return tokapu_memory_seq_div(context, seqId, p0, p1, divisor);
    }

    @Override
    public int memorySeqRange(long context, int seqId, int[] posMin, int[] posMax) {
        try (Scratch s = Scratch.take()) {
            return s.intsTo(
                    tokapu_memory_seq_range(context, seqId, s.cell(posMin), s.secondCell(posMax)), posMin, posMax);
        }
    }
}
