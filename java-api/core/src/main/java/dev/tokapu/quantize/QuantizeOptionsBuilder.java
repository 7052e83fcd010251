package dev.tokapu.quantize;

import dev.tokapu.LoadProgress;
import dev.tokapu.gguf.TensorType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds {@link QuantizeOptions}.
 *
 * <p>Thread safety: none; use it in one thread.
 *
 * @since 0.1
 */
public final class QuantizeOptionsBuilder {

    FileType type;

    @Nullable
    TensorType outputType;

    @Nullable
    TensorType embeddingType;

    List<TypeRule> rules = new ArrayList<>();

    @Nullable
    Path importanceMatrix;

    Map<String, Object> metadata = new LinkedHashMap<>();
    List<Integer> prunedLayers = List.of();
    boolean requantize;
    boolean quantizeOutput = true;
    boolean pure;
    boolean keepSplit;
    int threads;
    long maxBuffer = 8L << 30;

    @Nullable
    LoadProgress progress;

    QuantizeOptionsBuilder(FileType type) {
        this.type = type;
    }

    QuantizeOptionsBuilder(QuantizeOptions from) {
        type = from.type();
        outputType = from.outputType();
        embeddingType = from.embeddingType();
        rules = new ArrayList<>(from.rules());
        importanceMatrix = from.importanceMatrix();
        metadata = new LinkedHashMap<>(from.metadata());
        prunedLayers = from.prunedLayers();
        requantize = from.requantize();
        quantizeOutput = from.quantizeOutput();
        pure = from.pure();
        keepSplit = from.keepSplit();
        threads = from.threads();
        maxBuffer = from.maxBuffer();
        progress = from.progress();
    }

    /** What most tensors become. */
    public QuantizeOptionsBuilder type(FileType value) {
        type = value;
        return this;
    }

    /** The type of {@code output.weight}; default: as the file type has it. */
    public QuantizeOptionsBuilder outputType(@Nullable TensorType value) {
        outputType = value;
        return this;
    }

    /** The type of the token embeddings; default: as the file type has it. */
    public QuantizeOptionsBuilder embeddingType(@Nullable TensorType value) {
        embeddingType = value;
        return this;
    }

    /**
     * Adds a type for tensors by their names; the first pattern that is found in a name decides.
     *
     * @param pattern a regular expression of C++ (ECMAScript), {@code attn_v} or {@code blk\.[0-3]\.ffn_down} for example
     * @param value the type; one that does not fit the shape becomes another, as llama.cpp chooses
     */
    public QuantizeOptionsBuilder rule(String pattern, TensorType value) {
        rules.add(new TypeRule(pattern, value));
        return this;
    }

    /** The importance matrix that llama-imatrix or {@code ImportanceMatrix} made of texts; types below 3 bits need one. */
    public QuantizeOptionsBuilder importanceMatrix(@Nullable Path value) {
        importanceMatrix = value;
        return this;
    }

    /**
     * Sets a value in the metadata of the new file.
     *
     * @param key its key, at most 127 bytes
     * @param value an integer (which becomes UINT32), a floating-point number (FLOAT32), a boolean, or a text of at most 127 bytes
     */
    public QuantizeOptionsBuilder metadata(String key, Object value) {
        metadata.put(key, value);
        return this;
    }

    /** Leaves layers out; the rest are numbered anew. What remains is another model, seldom a good one. */
    public QuantizeOptionsBuilder pruneLayers(int... layers) {
        prunedLayers = Arrays.stream(layers).distinct().sorted().boxed().toList();
        return this;
    }

    /** Whether tensors that are quantized already are quantized again, which loses quality; default false, an error. */
    public QuantizeOptionsBuilder requantize(boolean value) {
        requantize = value;
        return this;
    }

    /** Whether {@code output.weight} is quantized as well; default true. */
    public QuantizeOptionsBuilder quantizeOutput(boolean value) {
        quantizeOutput = value;
        return this;
    }

    /** Whether all tensors get the same type, without a mixture; default false. */
    public QuantizeOptionsBuilder pure(boolean value) {
        pure = value;
        return this;
    }

    /**
     * Whether as many files are written as the model has, {@code x-00001-of-00003.gguf} for the output {@code x.gguf}, each with the tensors that
     * it has there; default false, one file. The last ones are left out where {@link #pruneLayers} leaves them nothing; it must leave the others some.
     */
    public QuantizeOptionsBuilder keepSplit(boolean value) {
        keepSplit = value;
        return this;
    }

    /** Threads; default 0, as many as processors. The file does not depend on them. */
    public QuantizeOptionsBuilder threads(int value) {
        threads = value;
        return this;
    }

    /** Bytes of a tensor that are in memory at once, at least 1 MiB; default 8 GiB. The file does not depend on it. */
    public QuantizeOptionsBuilder maxBuffer(long value) {
        maxBuffer = value;
        return this;
    }

    /** A listener, called with 0 to 1 on the calling thread ten times a second; false cancels. */
    public QuantizeOptionsBuilder progress(@Nullable LoadProgress value) {
        progress = value;
        return this;
    }

    /** {@return the options; an {@link IllegalArgumentException} tells which value is out of range} */
    public QuantizeOptions build() {
        return new QuantizeOptions(this);
    }
}
