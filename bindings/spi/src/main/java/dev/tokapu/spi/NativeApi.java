package dev.tokapu.spi;

/**
 * The functions of {@code tokapu.h} in plain Java types: one interface for each topic of the header.
 *
 * <p>Names, order, meaning and status codes are those of the header, which is the documentation. A method has the name of its
 * function without {@code tokapu_} and the topic: {@code tokapu_sampler_add_top_k} is {@code samplers().addTopK}. Only
 * {@code new}, which Java reserves, is {@code create}. What differs is how C's pointers look in Java:
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
 * on the Java heap in {@link ContextApi#decode}, {@link ContextApi#logits}, {@link SamplerApi#sample},
 * {@link SamplerApi#sampleMany}, {@link SamplerApi#accept}, {@link SamplerApi#candidates}, {@link SamplerApi#setCandidates} and
 * {@link VocabApi#tokenPiece}.
 *
 * <p>Thread safety: as in the header; the objects themselves have no state.
 *
 * @param system the process: the last error of a thread, versions, the log
 * @param backends compute backends
 * @param devices devices and placements
 * @param models models
 * @param vocab the vocabulary of a model
 * @param contexts contexts: decoding and outputs
 * @param adapters LoRA adapters and control vectors
 * @param memory KV cache and recurrent state
 * @param states the state of a sequence
 * @param samplers sampler chains
 * @param reasoning budgets of thoughts in sampler chains
 * @param chatTemplates chat templates
 * @param answerParsers parsers of answers
 * @param quantizing quantizing model files
 * @param imatrices importance matrices
 */
public record NativeApi(
        SystemApi system,
        BackendApi backends,
        DeviceApi devices,
        ModelApi models,
        VocabApi vocab,
        ContextApi contexts,
        AdapterApi adapters,
        MemoryApi memory,
        StateApi states,
        SamplerApi samplers,
        ReasoningApi reasoning,
        ChatTemplateApi chatTemplates,
        AnswerParserApi answerParsers,
        QuantizeApi quantizing,
        ImatrixApi imatrices) {

    /** The version of {@code tokapu.h} that this code is written for. */
    public static final int ABI_VERSION = 12;

    /** The llama.cpp release that this code is written for. */
    public static final String LLAMA_VERSION = "0.5.0";
}
