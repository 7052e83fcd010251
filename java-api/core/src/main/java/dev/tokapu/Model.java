package dev.tokapu;

import dev.tokapu.device.Device;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.exception.ContextCreationException;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.internal.load.ModelLocation;
import dev.tokapu.internal.load.ModelLocator;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeHandles;
import dev.tokapu.internal.natives.NativeRuntime;
import dev.tokapu.source.ModelSource;
import dev.tokapu.spi.ModelInfoKey;
import dev.tokapu.spi.NativeApi;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A loaded GGUF model: weights, vocabulary and metadata. It makes contexts, chat templates and chat sessions, and any number
 * of them may use it at the same time.
 *
 * <p>Close it, best with try-with-resources. A closed model takes no new calls, but contexts and samplers that were made from
 * it go on working, and its memory is freed when the last of them is closed. What the file says about itself in numbers
 * (sizes, counts, flags) can be read from a closed model, too.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class Model implements AutoCloseable {

    static {
        NativeHandles.register(Model.class, model -> model.handle);
    }

    private final NativeHandle handle;
    private final NativeApi api;
    private final ModelOptions options;
    private final long[] info;
    private final List<Device> devices;
    private final Vocab vocab;
    private volatile @Nullable Map<String, String> metadata;

    private Model(NativeHandle handle, ModelOptions options) {
        this.handle = handle;
        this.api = handle.api();
        this.options = options;
        info = ModelCalls.info(handle, options);
        devices = options.placement().gpuLayers() == 0 ? List.of() : ModelCalls.devices(handle, info);
        vocab = new Vocab(handle, info);
    }

    /**
     * Loads a model as {@link #load(ModelSource, ModelOptions)}. A part of a split model, {@code x-00001-of-00003.gguf}, stands for all.
     *
     * @param path the GGUF file
     * @return the model
     */
    public static Model load(Path path) {
        return load(ModelSource.file(path), ModelOptions.defaults());
    }

    /**
     * Loads a model from a file.
     *
     * @param path the GGUF file
     * @param options how to load it
     * @return the model
     * @throws java.util.concurrent.CancellationException when the progress listener asked to stop
     */
    public static Model load(Path path, ModelOptions options) {
        return load(ModelSource.file(path), options);
    }

    /**
     * Loads a model from anywhere.
     *
     * @param source where it comes from
     * @return the model
     */
    public static Model load(ModelSource source) {
        return load(source, ModelOptions.defaults());
    }

    /**
     * Loads a model from anywhere. It is one native call of seconds, which pins the carrier of a virtual thread.
     *
     * @param source where it comes from
     * @param options how to load it
     * @return the model
     * @throws ModelLoadException when it is missing, unreadable, damaged or unknown to llama.cpp
     * @throws DeviceMemoryException when a device, the host, or the limit of its container has not enough memory
     * @throws java.util.concurrent.CancellationException when the progress listener asked to stop
     */
    public static Model load(ModelSource source, ModelOptions options) {
        ModelLocation location = ModelLocator.locate(source);
        NativeApi api = NativeRuntime.api();
        NativeRuntime.connectLog(api);
        return load(api, source, location, options);
    }

    /** Loads a model that was found, through these functions. */
    static Model load(NativeApi api, ModelSource source, ModelLocation location, ModelOptions options) {
        NativeHandle handle = ModelCalls.load(api, source, location, options);
        try {
            return new Model(handle, options);
        } catch (RuntimeException | Error e) {
            handle.close();
            throw e;
        }
    }

    /**
     * The vocabulary.
     *
     * @return always the same object
     */
    public Vocab vocab() {
        return vocab;
    }

    /**
     * One line about the model, for example {@code llama 135M Q4_1}.
     *
     * @return llama.cpp's description
     */
    public String description() {
        return ModelCalls.text(handle, "description", api.models()::description);
    }

    /**
     * The architecture, for example {@code llama} (GGUF: {@code general.architecture}).
     *
     * @return the name that llama.cpp has for it
     */
    public String architecture() {
        return metadata().getOrDefault("general.architecture", "");
    }

    /**
     * The name that its author gave it (GGUF: {@code general.name}).
     *
     * @return the name, empty when there is none
     */
    public Optional<String> name() {
        return Optional.ofNullable(metadata().get("general.name"));
    }

    /**
     * The metadata of the file and {@link ModelOptions#metadataOverrides()}: keys and values as text, in the order of the file,
     * long arrays abridged. {@link dev.tokapu.gguf.GgufFile} reads them in full.
     *
     * @return an unmodifiable map
     */
    public Map<String, String> metadata() {
        Map<String, String> known = metadata;
        if (known == null) {
            known = ModelCalls.metadata(handle, info(ModelInfoKey.N_META), options);
            metadata = known;
        }
        return known;
    }

    /**
     * The size of all tensors.
     *
     * @return bytes
     */
    public long sizeInBytes() {
        return info[ModelInfoKey.SIZE];
    }

    /**
     * The number of parameters.
     *
     * @return numbers in all tensors
     */
    public long parameterCount() {
        return info[ModelInfoKey.N_PARAMS];
    }

    /**
     * The context size that it was trained for (GGUF: {@code context_length}).
     *
     * @return tokens
     */
    public int trainedContextSize() {
        return info(ModelInfoKey.N_CTX_TRAIN);
    }

    /**
     * The width of its hidden state.
     *
     * @return floats
     */
    public int embeddingSize() {
        return info(ModelInfoKey.N_EMBD);
    }

    /**
     * The width of an input embedding.
     *
     * @return floats
     */
    public int inputEmbeddingSize() {
        return info(ModelInfoKey.N_EMBD_INP);
    }

    /**
     * The width of an output embedding.
     *
     * @return floats
     */
    public int outputEmbeddingSize() {
        return info(ModelInfoKey.N_EMBD_OUT);
    }

    /**
     * The number of its layers.
     *
     * @return 1 or more
     */
    public int layerCount() {
        return info(ModelInfoKey.N_LAYER);
    }

    /**
     * The number of its layers for multi-token prediction.
     *
     * @return 0 when it has none
     */
    public int nextTokenLayerCount() {
        return info(ModelInfoKey.N_LAYER_NEXTN);
    }

    /**
     * The number of its attention heads.
     *
     * @return 0 for models without attention
     */
    public int headCount() {
        return info(ModelInfoKey.N_HEAD);
    }

    /**
     * The number of its key/value heads.
     *
     * @return 0 for models without attention
     */
    public int kvHeadCount() {
        return info(ModelInfoKey.N_HEAD_KV);
    }

    /**
     * The sliding window of its attention.
     *
     * @return tokens; 0 when it has none
     */
    public int slidingWindow() {
        return info(ModelInfoKey.N_SWA);
    }

    /**
     * The number of its classifier outputs.
     *
     * @return 1 or more for reranking models and classifiers
     */
    public int classifierOutputs() {
        return info(ModelInfoKey.N_CLS_OUT);
    }

    /**
     * Whether it has an encoder.
     *
     * @return true for encoder-decoder models
     */
    public boolean hasEncoder() {
        return info(ModelInfoKey.HAS_ENCODER) != 0;
    }

    /**
     * Whether it has a decoder.
     *
     * @return true for models that generate text
     */
    public boolean hasDecoder() {
        return info(ModelInfoKey.HAS_DECODER) != 0;
    }

    /**
     * Whether it keeps a recurrent state in place of a KV cache.
     *
     * @return true for models such as Mamba
     */
    public boolean isRecurrent() {
        return info(ModelInfoKey.IS_RECURRENT) != 0;
    }

    /**
     * Whether it keeps both a recurrent state and a KV cache.
     *
     * @return true for models such as Jamba
     */
    public boolean isHybrid() {
        return info(ModelInfoKey.IS_HYBRID) != 0;
    }

    /**
     * Whether it generates by diffusion.
     *
     * @return true for diffusion models
     */
    public boolean isDiffusion() {
        return info(ModelInfoKey.IS_DIFFUSION) != 0;
    }

    /**
     * The quantization of most tensors, for example {@code Q4_1} (GGUF: {@code general.file_type}).
     *
     * @return llama.cpp's name of it; {@code unknown} when this version has none
     */
    public String fileType() {
        return FileTypes.name(info[ModelInfoKey.FTYPE]);
    }

    /**
     * The token that a decoder of an encoder-decoder model starts with.
     *
     * @return its id, empty for other models
     */
    public OptionalInt decoderStartToken() {
        int token = info(ModelInfoKey.DECODER_START_TOKEN);
        return token < 0 ? OptionalInt.empty() : OptionalInt.of(token);
    }

    /**
     * The kind of rotary position encoding.
     *
     * @return the type
     */
    public RopeType ropeType() {
        return RopeType.of(info[ModelInfoKey.ROPE_TYPE]);
    }

    /**
     * The labels of the classifier outputs.
     *
     * @return one for each of {@link #classifierOutputs()}, empty texts where there is none
     */
    public List<String> classifierLabels() {
        return ModelCalls.labels(handle, classifierOutputs());
    }

    /**
     * Makes a context with {@link ContextOptions#defaults()}.
     *
     * @return the context
     */
    public Context newContext() {
        return newContext(ContextOptions.defaults());
    }

    /**
     * Makes a context.
     *
     * @param options its settings
     * @return the context
     * @throws ContextCreationException when llama.cpp cannot create it
     * @throws DeviceMemoryException when a device, the host, or the limit of its container has not enough memory
     */
    public Context newContext(ContextOptions options) {
        if (this.options.vocabOnly()) {
            throw new IllegalStateException(handle.name()
                    + " was loaded with ModelOptions.vocabOnly and has no weights; load it without for contexts");
        }
        MemoryCheck memory = MemoryCheck.now();
        NativeHandle child = ModelCalls.newContext(handle, options, trainedContextSize(), memory);
        try {
            memory.computing(child, (long) vocab.size() * Math.min(options.microBatchSize(), options.batchSize()));
            return new Context(this, options, child);
        } catch (RuntimeException | Error e) {
            child.close();
            throw e;
        }
    }

    /**
     * The devices that hold its layers, as they were when it was loaded.
     *
     * @return empty when all of it lies with the CPU
     */
    public List<Device> devices() {
        return devices;
    }

    /**
     * Where its weights lie in memory; {@link Context#memory()} tells the rest.
     *
     * @return bytes of weights
     */
    public MemoryReport memory() {
        return ModelCalls.memory(handle);
    }

    /**
     * Whether the file holds a chat template.
     *
     * @return true when {@code ChatTemplate.of(model)} gives one
     */
    public boolean hasChatTemplate() {
        return metadata().containsKey("tokenizer.chat_template");
    }

    /**
     * Whether it is closed.
     *
     * @return true after {@link #close()}
     */
    public boolean isClosed() {
        return handle.isClosed();
    }

    /** Closes it for new calls; the memory goes when the last context and sampler that use it are closed. Idempotent. */
    @Override
    public void close() {
        handle.close();
    }

    private int info(int key) {
        return (int) info[key];
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
