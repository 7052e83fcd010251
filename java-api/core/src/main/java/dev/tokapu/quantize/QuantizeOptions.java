package dev.tokapu.quantize;

import dev.tokapu.LoadProgress;
import dev.tokapu.gguf.TensorType;
import dev.tokapu.internal.util.Checks;
import dev.tokapu.internal.util.NamedValues;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a model file is quantized.
 *
 * <p>Thread safety: immutable; that of the progress listener is its own.
 *
 * @since 0.1
 */
public final class QuantizeOptions {

    private static final long MIB = 1 << 20;

    private final FileType type;
    private final @Nullable TensorType outputType;
    private final @Nullable TensorType embeddingType;
    private final List<TypeRule> rules;
    private final @Nullable Path importanceMatrix;
    private final Map<String, Object> metadata;
    private final List<Integer> prunedLayers;
    private final boolean requantize;
    private final boolean quantizeOutput;
    private final boolean pure;
    private final boolean keepSplit;
    private final int threads;
    private final long maxBuffer;
    private final @Nullable LoadProgress progress;

    QuantizeOptions(QuantizeOptionsBuilder builder) {
        type = builder.type;
        outputType = builder.outputType;
        embeddingType = builder.embeddingType;
        rules = List.copyOf(builder.rules);
        importanceMatrix = builder.importanceMatrix;
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(builder.metadata));
        prunedLayers = List.copyOf(builder.prunedLayers);
        requantize = builder.requantize;
        quantizeOutput = builder.quantizeOutput;
        pure = builder.pure;
        keepSplit = builder.keepSplit;
        threads = builder.threads;
        maxBuffer = builder.maxBuffer;
        progress = builder.progress;
        Checks.between("threads", threads, 0, 1024);
        Checks.atLeast("maxBuffer", maxBuffer, MIB);
        prunedLayers.forEach(layer -> Checks.between("a layer of pruneLayers", layer, 0, 9999));
    }

    /**
     * The options for a type, the rest as llama-quantize has it.
     *
     * @param type what most tensors become
     * @return the options
     */
    public static QuantizeOptions of(FileType type) {
        return builder(type).build();
    }

    /**
     * A builder that starts from the defaults.
     *
     * @param type what most tensors become
     * @return the builder
     */
    public static QuantizeOptionsBuilder builder(FileType type) {
        return new QuantizeOptionsBuilder(type);
    }

    /** {@return a builder that starts from these options} */
    public QuantizeOptionsBuilder toBuilder() {
        return new QuantizeOptionsBuilder(this);
    }

    /** {@return what most tensors become} */
    public FileType type() {
        return type;
    }

    /** {@return the type of the output, null as the file type has it} */
    public @Nullable TensorType outputType() {
        return outputType;
    }

    /** {@return the type of the token embeddings, null as the file type has it} */
    public @Nullable TensorType embeddingType() {
        return embeddingType;
    }

    /** {@return the types of tensors by their names} */
    public List<TypeRule> rules() {
        return rules;
    }

    /** {@return the importance matrix, null for none} */
    public @Nullable Path importanceMatrix() {
        return importanceMatrix;
    }

    /** {@return what is set in the metadata of the new file} */
    public Map<String, Object> metadata() {
        return metadata;
    }

    /** {@return the layers that are left out, in order} */
    public List<Integer> prunedLayers() {
        return prunedLayers;
    }

    /** {@return whether tensors that are quantized already are quantized again} */
    public boolean requantize() {
        return requantize;
    }

    /** {@return whether the output is quantized as well} */
    public boolean quantizeOutput() {
        return quantizeOutput;
    }

    /** {@return whether all tensors get the same type} */
    public boolean pure() {
        return pure;
    }

    /** {@return whether a split model becomes a split model} */
    public boolean keepSplit() {
        return keepSplit;
    }

    /** {@return the threads, 0 for as many as processors} */
    public int threads() {
        return threads;
    }

    /** {@return the bytes of a tensor that are in memory at once} */
    public long maxBuffer() {
        return maxBuffer;
    }

    /** {@return the listener, null for none} */
    public @Nullable LoadProgress progress() {
        return progress;
    }

    private NamedValues values() {
        return new NamedValues("QuantizeOptions")
                .with("type", type)
                .with("outputType", outputType)
                .with("embeddingType", embeddingType)
                .with("rules", rules)
                .with("importanceMatrix", importanceMatrix)
                .with("metadata", metadata)
                .with("prunedLayers", prunedLayers)
                .with("requantize", requantize)
                .with("quantizeOutput", quantizeOutput)
                .with("pure", pure)
                .with("keepSplit", keepSplit)
                .with("threads", threads)
                .with("maxBuffer", maxBuffer)
                .with("progress", progress);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof QuantizeOptions that && values().equals(that.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    @Override
    public String toString() {
        return values().toString();
    }
}
