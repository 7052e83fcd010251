package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.atLeast;
import static dev.tokapu.spi.ArrayChecks.batch;
import static dev.tokapu.spi.ArrayChecks.out;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.ContextApi;
import org.jspecify.annotations.Nullable;

/** {@link ContextApi} over the native methods that JavaCPP generates. */
final class JniContextApi implements ContextApi {

    @Override
    public int defaults(long[] ints, double[] floats) {
        return TokapuLibrary.tokapu_context_defaults(ints, ints.length, floats, floats.length);
    }

    @Override
    public int create(long model, long[] ints, double[] floats, long[] context) {
        return TokapuLibrary.tokapu_context_new(model, ints, ints.length, floats, floats.length, out(context));
    }

    @Override
    public int newMtp(long model, long[] ints, double[] floats, long[] context) {
        return TokapuLibrary.tokapu_context_new_mtp(model, ints, ints.length, floats, floats.length, out(context));
    }

    @Override
    public int newEagle3(long model, long target, long[] ints, double[] floats, long[] context) {
        return TokapuLibrary.tokapu_context_new_eagle3(
                model, target, ints, ints.length, floats, floats.length, out(context));
    }

    @Override
    public int free(long context) {
        return TokapuLibrary.tokapu_context_free(context);
    }

    @Override
    public int info(long context, long[] info) {
        return TokapuLibrary.tokapu_context_info(context, info, info.length);
    }

    @Override
    public int memory(long context, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_context_memory(context, buf, buf.length, out(length));
    }

    @Override
    public int setThreads(long context, int nThreads, int nThreadsBatch) {
        return TokapuLibrary.tokapu_context_set_threads(context, nThreads, nThreadsBatch);
    }

    @Override
    public int setEmbeddings(long context, int embeddings) {
        return TokapuLibrary.tokapu_context_set_embeddings(context, embeddings);
    }

    @Override
    public int setCausalAttention(long context, int causal) {
        return TokapuLibrary.tokapu_context_set_causal_attention(context, causal);
    }

    @Override
    public int setHiddenStates(long context, int hiddenStates, long draft) {
        return TokapuLibrary.tokapu_context_set_hidden_states(context, hiddenStates, draft);
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
        batch(nTokens, tokens, positions, nSeqIds, seqIds, outputs);
        return TokapuLibrary.tokapu_decode(context, nTokens, tokens, embeddings, positions, nSeqIds, seqIds, outputs);
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
        batch(nTokens, tokens, positions, nSeqIds, seqIds, outputs);
        atLeast(rows.length, nTokens, "rows");
        return TokapuLibrary.tokapu_decode_hidden(
                context, nTokens, tokens, positions, nSeqIds, seqIds, outputs, source, rows);
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
        batch(nTokens, tokens, positions, nSeqIds, seqIds, outputs);
        return TokapuLibrary.tokapu_encode(context, nTokens, tokens, embeddings, positions, nSeqIds, seqIds, outputs);
    }

    @Override
    public int synchronize(long context) {
        return TokapuLibrary.tokapu_context_synchronize(context);
    }

    @Override
    public int abort(long context, int active) {
        return TokapuLibrary.tokapu_context_abort(context, active);
    }

    @Override
    public int logits(long context, int index, float[] logits) {
        return TokapuLibrary.tokapu_logits(context, index, logits, logits.length);
    }

    @Override
    public int embeddings(long context, int index, float[] embeddings, int[] n) {
        return TokapuLibrary.tokapu_embeddings(context, index, embeddings, embeddings.length, out(n));
    }

    @Override
    public int embeddingsSeq(long context, int seqId, float[] embeddings, int[] n) {
        return TokapuLibrary.tokapu_embeddings_seq(context, seqId, embeddings, embeddings.length, out(n));
    }
}
