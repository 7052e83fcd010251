package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.atLeast;
import static dev.tokapu.spi.ArrayChecks.batch;
import static dev.tokapu.spi.ArrayChecks.candidates;
import static dev.tokapu.spi.ArrayChecks.many;
import static dev.tokapu.spi.ArrayChecks.out;
import static dev.tokapu.spi.ArrayChecks.texts;
import static dev.tokapu.spi.NativeConstants.CANDIDATES_N;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.SamplerCallback;
import org.jspecify.annotations.Nullable;

/** The third part, contexts to templates. All add array lengths and check them, nothing else. */
final class JniNativeApi extends JniModelApi {

    // --- context

    @Override
    public int contextDefaults(long[] ints, double[] floats) {
        return TokapuLibrary.tokapu_context_defaults(ints, ints.length, floats, floats.length);
    }

    @Override
    public int contextNew(long model, long[] ints, double[] floats, long[] context) {
        return TokapuLibrary.tokapu_context_new(model, ints, ints.length, floats, floats.length, out(context));
    }

    @Override
    public int contextFree(long context) {
        return TokapuLibrary.tokapu_context_free(context);
    }

    @Override
    public int contextInfo(long context, long[] info) {
        return TokapuLibrary.tokapu_context_info(context, info, info.length);
    }

    @Override
    public int contextMemory(long context, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_context_memory(context, buf, buf.length, out(length));
    }

    @Override
    public int contextSetThreads(long context, int nThreads, int nThreadsBatch) {
        return TokapuLibrary.tokapu_context_set_threads(context, nThreads, nThreadsBatch);
    }

    @Override
    public int contextSetEmbeddings(long context, int embeddings) {
        return TokapuLibrary.tokapu_context_set_embeddings(context, embeddings);
    }

    @Override
    public int contextSetCausalAttention(long context, int causal) {
        return TokapuLibrary.tokapu_context_set_causal_attention(context, causal);
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
    public int contextSynchronize(long context) {
        return TokapuLibrary.tokapu_context_synchronize(context);
    }

    @Override
    public int contextAbort(long context, int active) {
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

    // --- adapters

    @Override
    public int adapterLoad(long model, byte[] path, long[] adapter) {
        return TokapuLibrary.tokapu_adapter_load(model, path, path.length, out(adapter));
    }

    @Override
    public int adapterFree(long adapter) {
        return TokapuLibrary.tokapu_adapter_free(adapter);
    }

    @Override
    public int adapterSize(long adapter, long[] size) {
        return TokapuLibrary.tokapu_adapter_size(adapter, out(size));
    }

    @Override
    public int adapterMetaCount(long adapter, int[] n) {
        return TokapuLibrary.tokapu_adapter_meta_count(adapter, out(n));
    }

    @Override
    public int adapterMetaKey(long adapter, int index, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_adapter_meta_key(adapter, index, buf, buf.length, out(length));
    }

    @Override
    public int adapterMetaValue(long adapter, int index, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_adapter_meta_value(adapter, index, buf, buf.length, out(length));
    }

    @Override
    public int adapterInvocationTokens(long adapter, int[] tokens, int[] nTokens) {
        return TokapuLibrary.tokapu_adapter_invocation_tokens(adapter, tokens, tokens.length, out(nTokens));
    }

    @Override
    public int contextSetAdapters(long context, long[] adapters, float[] scales, int n) {
        atLeast(adapters.length, n, "adapters");
        atLeast(scales.length, n, "scales");
        return TokapuLibrary.tokapu_context_set_adapters(context, adapters, scales, n);
    }

    // --- memory

    @Override
    public int memoryClear(long context, int data) {
        return TokapuLibrary.tokapu_memory_clear(context, data);
    }

    @Override
    public int memorySeqRm(long context, int seqId, int p0, int p1) {
        return TokapuLibrary.tokapu_memory_seq_rm(context, seqId, p0, p1);
    }

    @Override
    public int memorySeqCp(long context, int src, int dst, int p0, int p1) {
        return TokapuLibrary.tokapu_memory_seq_cp(context, src, dst, p0, p1);
    }

    @Override
    public int memorySeqKeep(long context, int seqId) {
        return TokapuLibrary.tokapu_memory_seq_keep(context, seqId);
    }

    @Override
    public int memorySeqAdd(long context, int seqId, int p0, int p1, int delta) {
        return TokapuLibrary.tokapu_memory_seq_add(context, seqId, p0, p1, delta);
    }

    @Override
    public int memorySeqDiv(long context, int seqId, int p0, int p1, int divisor) {
        return TokapuLibrary.tokapu_memory_seq_div(context, seqId, p0, p1, divisor);
    }

    @Override
    public int memorySeqRange(long context, int seqId, int[] posMin, int[] posMax) {
        return TokapuLibrary.tokapu_memory_seq_range(context, seqId, out(posMin), out(posMax));
    }

    // --- state of a sequence

    @Override
    public int contextStateKey(long context, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_context_state_key(context, buf, buf.length, out(length));
    }

    @Override
    public int stateSave(long context, int seqId, int partial, long[] state) {
        return TokapuLibrary.tokapu_state_save(context, seqId, partial, out(state));
    }

    @Override
    public int stateNew(long[] state) {
        return TokapuLibrary.tokapu_state_new(out(state));
    }

    @Override
    public int stateAppend(long state, byte[] data, int length) {
        atLeast(data.length, length, "data");
        return TokapuLibrary.tokapu_state_append(state, data, length);
    }

    @Override
    public int stateFree(long state) {
        return TokapuLibrary.tokapu_state_free(state);
    }

    @Override
    public int stateSize(long state, long[] size) {
        return TokapuLibrary.tokapu_state_size(state, out(size));
    }

    @Override
    public int stateRead(long state, long offset, byte[] data, int length) {
        atLeast(data.length, length, "data");
        return TokapuLibrary.tokapu_state_read(state, offset, data, length);
    }

    @Override
    public int stateRestore(long state, long context, int seqId, int partial) {
        return TokapuLibrary.tokapu_state_restore(state, context, seqId, partial);
    }

    // --- samplers

    @Override
    public int samplerNew(long model, long[] sampler) {
        return TokapuLibrary.tokapu_sampler_new(model, out(sampler));
    }

    @Override
    public int samplerFree(long sampler) {
        return TokapuLibrary.tokapu_sampler_free(sampler);
    }

    @Override
    public int samplerClone(long sampler, long[] clone) {
        return TokapuLibrary.tokapu_sampler_clone(sampler, out(clone));
    }

    @Override
    public int samplerAddGreedy(long sampler) {
        return TokapuLibrary.tokapu_sampler_add_greedy(sampler);
    }

    @Override
    public int samplerAddDist(long sampler, int seed) {
        return TokapuLibrary.tokapu_sampler_add_dist(sampler, seed);
    }

    @Override
    public int samplerAddTopK(long sampler, int k) {
        return TokapuLibrary.tokapu_sampler_add_top_k(sampler, k);
    }

    @Override
    public int samplerAddTopP(long sampler, float p, int minKeep) {
        return TokapuLibrary.tokapu_sampler_add_top_p(sampler, p, minKeep);
    }

    @Override
    public int samplerAddMinP(long sampler, float p, int minKeep) {
        return TokapuLibrary.tokapu_sampler_add_min_p(sampler, p, minKeep);
    }

    @Override
    public int samplerAddTypical(long sampler, float p, int minKeep) {
        return TokapuLibrary.tokapu_sampler_add_typical(sampler, p, minKeep);
    }

    @Override
    public int samplerAddTemp(long sampler, float temperature) {
        return TokapuLibrary.tokapu_sampler_add_temp(sampler, temperature);
    }

    @Override
    public int samplerAddTempExt(long sampler, float temperature, float delta, float exponent) {
        return TokapuLibrary.tokapu_sampler_add_temp_ext(sampler, temperature, delta, exponent);
    }

    @Override
    public int samplerAddXtc(long sampler, float probability, float threshold, int minKeep, int seed) {
        return TokapuLibrary.tokapu_sampler_add_xtc(sampler, probability, threshold, minKeep, seed);
    }

    @Override
    public int samplerAddTopNSigma(long sampler, float n) {
        return TokapuLibrary.tokapu_sampler_add_top_n_sigma(sampler, n);
    }

    @Override
    public int samplerAddMirostat(long sampler, int seed, float tau, float eta, int m) {
        return TokapuLibrary.tokapu_sampler_add_mirostat(sampler, seed, tau, eta, m);
    }

    @Override
    public int samplerAddMirostatV2(long sampler, int seed, float tau, float eta) {
        return TokapuLibrary.tokapu_sampler_add_mirostat_v2(sampler, seed, tau, eta);
    }

    @Override
    public int samplerAddGrammar(long sampler, byte[] grammar, byte[] root) {
        return TokapuLibrary.tokapu_sampler_add_grammar(sampler, grammar, grammar.length, root, root.length);
    }

    @Override
    public int samplerAddGrammarLazy(
            long sampler, byte[] grammar, byte[] root, byte[] patterns, int nPatterns, int[] tokens, int nTokens) {
        texts(patterns, nPatterns, "patterns");
        atLeast(tokens.length, nTokens, "tokens");
        return TokapuLibrary.tokapu_sampler_add_grammar_lazy(
                sampler, grammar, grammar.length, root, root.length, patterns, nPatterns, tokens, nTokens);
    }

    @Override
    public int samplerAddPenalties(long sampler, int lastN, float repeat, float frequency, float presence) {
        return TokapuLibrary.tokapu_sampler_add_penalties(sampler, lastN, repeat, frequency, presence);
    }

    @Override
    public int samplerAddDry(
            long sampler,
            float multiplier,
            float base,
            int allowedLength,
            int penaltyLastN,
            byte[] breakers,
            int nBreakers) {
        texts(breakers, nBreakers, "breakers");
        return TokapuLibrary.tokapu_sampler_add_dry(
                sampler, multiplier, base, allowedLength, penaltyLastN, breakers, nBreakers);
    }

    @Override
    public int samplerAddAdaptiveP(long sampler, float target, float decay, int seed) {
        return TokapuLibrary.tokapu_sampler_add_adaptive_p(sampler, target, decay, seed);
    }

    @Override
    public int samplerAddLogitBias(long sampler, int[] tokens, float[] biases, int n) {
        atLeast(tokens.length, n, "tokens");
        atLeast(biases.length, n, "biases");
        return TokapuLibrary.tokapu_sampler_add_logit_bias(sampler, tokens, biases, n);
    }

    @Override
    public int samplerAddInfill(long sampler) {
        return TokapuLibrary.tokapu_sampler_add_infill(sampler);
    }

    @Override
    public int samplerAddCallback(long sampler, byte[] name, int selects, SamplerCallback callback) {
        return SamplerCallbackFunction.add(sampler, name, selects, callback);
    }

    @Override
    public int samplerCandidates(int[] tokens, float[] logits, float[] probabilities, int[] state) {
        int capacity = candidates(tokens, logits, probabilities, state);
        return TokapuLibrary.tokapu_sampler_candidates(tokens, logits, probabilities, capacity, state);
    }

    @Override
    public int samplerSetCandidates(int[] tokens, float[] logits, float[] probabilities, int[] state) {
        atLeast(candidates(tokens, logits, probabilities, state), state[CANDIDATES_N], "the candidates");
        return TokapuLibrary.tokapu_sampler_set_candidates(tokens, logits, probabilities, state);
    }

    @Override
    public int samplerSample(long sampler, long context, int index, int[] token) {
        return TokapuLibrary.tokapu_sampler_sample(sampler, context, index, out(token));
    }

    @Override
    public int samplerSampleMany(
            long context, int n, long[] samplers, int[] indices, int nThreads, int[] tokens, int[] statuses) {
        many(n, samplers, indices, tokens, statuses);
        return TokapuLibrary.tokapu_sampler_sample_many(context, n, samplers, indices, nThreads, tokens, statuses);
    }

    @Override
    public int samplerApply(
            long sampler, int[] tokens, float[] logits, float[] probabilities, int n, int[] nLeft, int[] selected) {
        atLeast(tokens.length, n, "tokens");
        atLeast(logits.length, n, "logits");
        atLeast(probabilities.length, n, "probabilities");
        return TokapuLibrary.tokapu_sampler_apply(sampler, tokens, logits, probabilities, n, out(nLeft), out(selected));
    }

    @Override
    public int samplerAccept(long sampler, int token) {
        return TokapuLibrary.tokapu_sampler_accept(sampler, token);
    }

    @Override
    public int samplerAcceptPrompt(long sampler, int[] tokens, int nTokens) {
        atLeast(tokens.length, nTokens, "tokens");
        return TokapuLibrary.tokapu_sampler_accept_prompt(sampler, tokens, nTokens);
    }

    @Override
    public int samplerReset(long sampler) {
        return TokapuLibrary.tokapu_sampler_reset(sampler);
    }

    @Override
    public int contextSetSampler(long context, int seqId, long sampler, int[] attached) {
        return TokapuLibrary.tokapu_context_set_sampler(context, seqId, sampler, out(attached));
    }

    @Override
    public int samplerSeed(long sampler, int[] seed) {
        return TokapuLibrary.tokapu_sampler_seed(sampler, out(seed));
    }

    @Override
    public int samplerCount(long sampler, int[] n) {
        return TokapuLibrary.tokapu_sampler_count(sampler, out(n));
    }

    @Override
    public int samplerName(long sampler, int index, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_sampler_name(sampler, index, buf, buf.length, out(length));
    }

    // --- chat templates

    @Override
    public int chatTemplateNew(long model, byte[] source, long[] chatTemplate) {
        return TokapuLibrary.tokapu_chat_template_new(model, source, source.length, out(chatTemplate));
    }

    @Override
    public int chatTemplateFree(long chatTemplate) {
        return TokapuLibrary.tokapu_chat_template_free(chatTemplate);
    }

    @Override
    public int chatTemplateSource(long chatTemplate, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_chat_template_source(chatTemplate, buf, buf.length, out(length));
    }

    @Override
    public int chatTemplateCaps(long chatTemplate, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_chat_template_caps(chatTemplate, buf, buf.length, out(length));
    }

    @Override
    public int chatTemplateApply(long chatTemplate, byte[] request, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_chat_template_apply(
                chatTemplate, request, request.length, buf, buf.length, out(length));
    }

    @Override
    public int keptText(byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_kept_text(buf, buf.length, out(length));
    }

    // --- for tests

    @Override
    public int liveHandles(long[] n) {
        return TokapuLibrary.tokapu_live_handles(out(n));
    }
}
