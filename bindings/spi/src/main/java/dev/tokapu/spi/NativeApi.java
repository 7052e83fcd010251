package dev.tokapu.spi;

import org.jspecify.annotations.Nullable;

/**
 * The functions of {@code tokapu.h}, one method each, in plain Java types.
 *
 * <p>Names, order, meaning and status codes are those of the header, which is the documentation; what differs is only how
 * C's pointers look in Java:
 *
 * <ul>
 *   <li>an out-parameter is an array whose element 0 is written;
 *   <li>a buffer with a capacity is an array, its length is the capacity;
 *   <li>text is a {@code byte[]} of UTF-8, its length is the text's length; a list of texts is one {@code byte[]} of
 *       NUL-terminated strings and a count;
 *   <li>a pointer that may be NULL is {@code @Nullable}; flags are 0 or 1.
 * </ul>
 *
 * <p>Methods never throw because of a value: the library checks and answers with a status. Implementations allocate nothing
 * on the Java heap in {@link #decode}, {@link #logits}, {@link #samplerSample}, {@link #samplerSampleMany}, {@link #samplerAccept},
 * {@link #samplerCandidates}, {@link #samplerSetCandidates} and {@link #tokenPiece}.
 *
 * <p>Thread safety: as in the header; the object itself has no state.
 */
public interface NativeApi {

    int lastError(byte[] buf, int[] length);

    // --- version and log

    int abiVersion();

    int llamaVersion(byte[] buf, int[] length);

    int logSet(@Nullable LogSink sink, int minLevel);

    // --- backend

    int backendInit(byte[] directory, byte[] cpuVariant);

    int backendCpuVariants(byte[] directory, byte[] buf, int[] length);

    int backendCpuVariant(byte[] buf, int[] length);

    int backendSystemInfo(byte[] buf, int[] length);

    int backendLoad(byte[] path, int[] nDevices);

    int libraryOpen(byte[] path);

    int cudaDriver(byte[] buf, int[] length);

    // --- devices

    int deviceCount(int[] n);

    int deviceInfo(int device, long[] info);

    int deviceText(int device, int key, byte[] buf, int[] length);

    int deviceCheck(int device);

    int placementNew(
            int[] devices,
            int nDevices,
            float[] tensorSplit,
            int nSplit,
            byte[] patterns,
            int[] patternDevices,
            int nPatterns,
            long[] placement);

    int placementFree(long placement);

    // --- model

    int modelDefaults(long[] options);

    int modelLoad(
            byte[] paths,
            int nPaths,
            long[] options,
            byte[] overrides,
            int nOverrides,
            long placement,
            @Nullable ProgressListener progress,
            long[] model);

    int modelLoadRange(
            byte[] path,
            long offset,
            long size,
            long[] options,
            byte[] overrides,
            int nOverrides,
            long placement,
            @Nullable ProgressListener progress,
            long[] model);

    int modelLoadFd(
            int fd,
            long offset,
            long size,
            long[] options,
            byte[] overrides,
            int nOverrides,
            long placement,
            @Nullable ProgressListener progress,
            long[] model);

    int modelFree(long model);

    int modelInfo(long model, long[] info);

    int modelDevices(long model, int[] devices, int[] n);

    int modelMemory(long model, byte[] buf, int[] length);

    int modelDescription(long model, byte[] buf, int[] length);

    int modelMetaKey(long model, int index, byte[] buf, int[] length);

    int modelMetaValue(long model, int index, byte[] buf, int[] length);

    int modelClsLabel(long model, int index, byte[] buf, int[] length);

    // --- vocabulary

    int tokenize(long model, byte[] text, int addSpecial, int parseSpecial, int[] tokens, int[] nTokens);

    int detokenize(
            long model, int[] tokens, int nTokens, int removeSpecial, int unparseSpecial, byte[] buf, int[] length);

    int tokenPiece(long model, int token, int special, byte[] buf, int[] length);

    int tokenText(long model, int token, byte[] buf, int[] length);

    int tokenAttributes(long model, int token, int[] attributes);

    int tokenScore(long model, int token, float[] score);

    int tokenIsEog(long model, int token, int[] isEog);

    int tokenIsControl(long model, int token, int[] isControl);

    // --- context

    int contextDefaults(long[] ints, double[] floats);

    int contextNew(long model, long[] ints, double[] floats, long[] context);

    int contextFree(long context);

    int contextInfo(long context, long[] info);

    int contextMemory(long context, byte[] buf, int[] length);

    int contextSetThreads(long context, int nThreads, int nThreadsBatch);

    int contextSetEmbeddings(long context, int embeddings);

    int contextSetCausalAttention(long context, int causal);

    int decode(
            long context,
            int nTokens,
            int @Nullable [] tokens,
            float @Nullable [] embeddings,
            int @Nullable [] positions,
            int @Nullable [] nSeqIds,
            int @Nullable [] seqIds,
            byte @Nullable [] outputs);

    int encode(
            long context,
            int nTokens,
            int @Nullable [] tokens,
            float @Nullable [] embeddings,
            int @Nullable [] positions,
            int @Nullable [] nSeqIds,
            int @Nullable [] seqIds,
            byte @Nullable [] outputs);

    int contextSynchronize(long context);

    int contextAbort(long context, int active);

    int logits(long context, int index, float[] logits);

    int embeddings(long context, int index, float[] embeddings, int[] n);

    int embeddingsSeq(long context, int seqId, float[] embeddings, int[] n);

    // --- adapters

    int adapterLoad(long model, byte[] path, long[] adapter);

    int adapterFree(long adapter);

    int adapterSize(long adapter, long[] size);

    int adapterMetaCount(long adapter, int[] n);

    int adapterMetaKey(long adapter, int index, byte[] buf, int[] length);

    int adapterMetaValue(long adapter, int index, byte[] buf, int[] length);

    int adapterInvocationTokens(long adapter, int[] tokens, int[] nTokens);

    int contextSetAdapters(long context, long[] adapters, float[] scales, int n);

    // --- memory

    int memoryClear(long context, int data);

    int memorySeqRm(long context, int seqId, int p0, int p1);

    int memorySeqCp(long context, int src, int dst, int p0, int p1);

    int memorySeqKeep(long context, int seqId);

    int memorySeqAdd(long context, int seqId, int p0, int p1, int delta);

    int memorySeqDiv(long context, int seqId, int p0, int p1, int divisor);

    int memorySeqRange(long context, int seqId, int[] posMin, int[] posMax);

    // --- state of a sequence

    int contextStateKey(long context, byte[] buf, int[] length);

    int stateSave(long context, int seqId, int partial, long[] state);

    int stateNew(long[] state);

    int stateAppend(long state, byte[] data, int length);

    int stateFree(long state);

    int stateSize(long state, long[] size);

    int stateRead(long state, long offset, byte[] data, int length);

    int stateRestore(long state, long context, int seqId, int partial);

    // --- samplers

    int samplerNew(long model, long[] sampler);

    int samplerFree(long sampler);

    int samplerClone(long sampler, long[] clone);

    int samplerAddGreedy(long sampler);

    int samplerAddDist(long sampler, int seed);

    int samplerAddTopK(long sampler, int k);

    int samplerAddTopP(long sampler, float p, int minKeep);

    int samplerAddMinP(long sampler, float p, int minKeep);

    int samplerAddTypical(long sampler, float p, int minKeep);

    int samplerAddTemp(long sampler, float temperature);

    int samplerAddTempExt(long sampler, float temperature, float delta, float exponent);

    int samplerAddXtc(long sampler, float probability, float threshold, int minKeep, int seed);

    int samplerAddTopNSigma(long sampler, float n);

    int samplerAddMirostat(long sampler, int seed, float tau, float eta, int m);

    int samplerAddMirostatV2(long sampler, int seed, float tau, float eta);

    int samplerAddGrammar(long sampler, byte[] grammar, byte[] root);

    int samplerAddGrammarLazy(
            long sampler, byte[] grammar, byte[] root, byte[] patterns, int nPatterns, int[] tokens, int nTokens);

    int samplerAddPenalties(long sampler, int lastN, float repeat, float frequency, float presence);

    int samplerAddDry(
            long sampler,
            float multiplier,
            float base,
            int allowedLength,
            int penaltyLastN,
            byte[] breakers,
            int nBreakers);

    int samplerAddAdaptiveP(long sampler, float target, float decay, int seed);

    int samplerAddLogitBias(long sampler, int[] tokens, float[] biases, int n);

    int samplerAddInfill(long sampler);

    /** {@link SamplerCallbacks} holds the callback until the native sampler is freed. */
    int samplerAddCallback(long sampler, byte[] name, int selects, SamplerCallback callback);

    int samplerCandidates(int[] tokens, float[] logits, float[] probabilities, int[] state);

    int samplerSetCandidates(int[] tokens, float[] logits, float[] probabilities, int[] state);

    int samplerSample(long sampler, long context, int index, int[] token);

    int samplerSampleMany(
            long context, int n, long[] samplers, int[] indices, int nThreads, int[] tokens, int[] statuses);

    int samplerApply(
            long sampler, int[] tokens, float[] logits, float[] probabilities, int n, int[] nLeft, int[] selected);

    int samplerAccept(long sampler, int token);

    int samplerAcceptPrompt(long sampler, int[] tokens, int nTokens);

    int samplerReset(long sampler);

    int contextSetSampler(long context, int seqId, long sampler, int[] attached);

    int samplerSeed(long sampler, int[] seed);

    int samplerCount(long sampler, int[] n);

    int samplerName(long sampler, int index, byte[] buf, int[] length);

    // --- chat templates

    int chatTemplateNew(long model, byte[] source, long[] chatTemplate);

    int chatTemplateFree(long chatTemplate);

    int chatTemplateSource(long chatTemplate, byte[] buf, int[] length);

    int chatTemplateCaps(long chatTemplate, byte[] buf, int[] length);

    int chatTemplateApply(long chatTemplate, byte[] request, byte[] buf, int[] length);

    int keptText(byte[] buf, int[] length);

    // --- for tests

    int liveHandles(long[] n);
}
