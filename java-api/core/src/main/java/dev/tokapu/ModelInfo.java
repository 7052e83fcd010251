package dev.tokapu;

import dev.tokapu.spi.ModelInfoKey;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a model file says about itself: architecture, sizes, kind. It is a value, and stays when the {@link Model} is closed.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class ModelInfo {

    private static final Set<String> WITH_SOFTMAX = Set.of("qwen3", "qwen3vl"); // in llama.cpp's graph

    /** By the constants {@code MODEL_INFO_}. */
    private final long[] numbers;

    private final String description;
    private final String architecture;
    private final @Nullable String name;
    private final List<String> classifierLabels;

    ModelInfo(long[] numbers, String description, Map<String, String> metadata, List<String> classifierLabels) {
        this.numbers = numbers;
        this.description = description;
        this.architecture = metadata.getOrDefault("general.architecture", "");
        this.name = metadata.get("general.name");
        this.classifierLabels = List.copyOf(classifierLabels);
    }

    /** {@return llama.cpp's line about the model, for example {@code llama 135M Q4_1}} */
    public String description() {
        return description;
    }

    /** {@return llama.cpp's name of the architecture, for example {@code llama} (GGUF: {@code general.architecture})} */
    public String architecture() {
        return architecture;
    }

    /** {@return the name that the author gave the model, if any (GGUF: {@code general.name})} */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /**
     * The quantization of most tensors, for example {@code Q4_1} (GGUF: {@code general.file_type}).
     *
     * @return llama.cpp's name of it; {@code unknown} when this version has none
     */
    public String fileType() {
        return FileTypes.name(numbers[ModelInfoKey.FTYPE]);
    }

    /** {@return the size of all tensors, in bytes} */
    public long sizeInBytes() {
        return numbers[ModelInfoKey.SIZE];
    }

    /** {@return the number of parameters in all tensors} */
    public long parameterCount() {
        return numbers[ModelInfoKey.N_PARAMS];
    }

    /** {@return the context size of the training, in tokens (GGUF: {@code context_length})} */
    public int trainedContextSize() {
        return number(ModelInfoKey.N_CTX_TRAIN);
    }

    /** {@return the width of the hidden state, in floats} */
    public int embeddingSize() {
        return number(ModelInfoKey.N_EMBD);
    }

    /** {@return the width of an input embedding, in floats} */
    public int inputEmbeddingSize() {
        return number(ModelInfoKey.N_EMBD_INP);
    }

    /** {@return the width of an output embedding, in floats} */
    public int outputEmbeddingSize() {
        return number(ModelInfoKey.N_EMBD_OUT);
    }

    /** {@return the number of layers, 1 or more} */
    public int layerCount() {
        return number(ModelInfoKey.N_LAYER);
    }

    /** {@return the number of layers for multi-token prediction, 0 when there are none} */
    public int nextTokenLayerCount() {
        return number(ModelInfoKey.N_LAYER_NEXTN);
    }

    /** {@return the number of attention heads, 0 for models without attention} */
    public int headCount() {
        return number(ModelInfoKey.N_HEAD);
    }

    /** {@return the number of key/value heads, 0 for models without attention} */
    public int kvHeadCount() {
        return number(ModelInfoKey.N_HEAD_KV);
    }

    /** {@return the sliding window of the attention, in tokens; 0 when there is none} */
    public int slidingWindow() {
        return number(ModelInfoKey.N_SWA);
    }

    /** {@return the kind of rotary position encoding} */
    public RopeType ropeType() {
        return RopeType.of(numbers[ModelInfoKey.ROPE_TYPE]);
    }

    /** {@return whether there is an encoder, as in encoder-decoder models} */
    public boolean hasEncoder() {
        return flag(ModelInfoKey.HAS_ENCODER);
    }

    /** {@return whether there is a decoder, as in models that generate text} */
    public boolean hasDecoder() {
        return flag(ModelInfoKey.HAS_DECODER);
    }

    /** {@return the token that the decoder of an encoder-decoder model starts with; empty for other models} */
    public OptionalInt decoderStartToken() {
        return SpecialTokens.token(numbers, ModelInfoKey.DECODER_START_TOKEN);
    }

    /** {@return whether a recurrent state takes the place of the KV cache, as in Mamba} */
    public boolean isRecurrent() {
        return flag(ModelInfoKey.IS_RECURRENT);
    }

    /** {@return whether there are both a recurrent state and a KV cache, as in Jamba} */
    public boolean isHybrid() {
        return flag(ModelInfoKey.IS_HYBRID);
    }

    /** {@return whether the model generates by diffusion} */
    public boolean isDiffusion() {
        return flag(ModelInfoKey.IS_DIFFUSION);
    }

    /** {@return the number of classifier outputs, 1 or more for reranking models and classifiers} */
    public int classifierOutputs() {
        return number(ModelInfoKey.N_CLS_OUT);
    }

    /** {@return a label for each of {@link #classifierOutputs()}, empty texts where there is none} */
    public List<String> classifierLabels() {
        return classifierLabels;
    }

    /** {@return whether llama.cpp takes the softmax of classifier outputs of this architecture, so that they are probabilities; else they are logits} */
    public boolean hasClassifierSoftmax() {
        return WITH_SOFTMAX.contains(architecture);
    }

    private int number(int key) {
        return (int) numbers[key];
    }

    private boolean flag(int key) {
        return numbers[key] != 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ModelInfo that
                && Arrays.equals(numbers, that.numbers)
                && toString().equals(that.toString())
                && classifierLabels.equals(that.classifierLabels);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(numbers);
    }

    @Override
    public String toString() {
        return "ModelInfo[" + (name == null ? "" : "'" + name + "', ") + architecture + ", " + description + "]";
    }
}
