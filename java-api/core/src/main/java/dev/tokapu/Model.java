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
import dev.tokapu.spi.ContextApi;
import dev.tokapu.spi.NativeApi;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A loaded GGUF model: weights, vocabulary and metadata. Any number of contexts may use it at the same time.
 *
 * <p>Close it, best with try-with-resources. A closed model rejects new calls; its contexts and samplers keep
 * working, and its memory is freed when the last object that uses it is closed. {@link #info()}, {@link #metadata()} and the
 * special tokens of the vocabulary remain readable.
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
    private final ModelOptions options;
    private final ModelInfo info;
    private final Map<String, String> metadata;
    private final List<Device> devices;
    private final Vocab vocab;

    private Model(NativeHandle handle, ModelOptions options) {
        this.handle = handle;
        this.options = options;
        long[] numbers = ModelCalls.info(handle);
        metadata = ModelCalls.metadata(handle, numbers, options);
        info = ModelCalls.describe(handle, numbers, metadata);
        devices = options.placement().gpuLayers() == 0 ? List.of() : ModelCalls.devices(handle, numbers);
        vocab = new Vocab(handle, numbers);
    }

    /**
     * Loads a model as {@link #load(ModelSource, ModelOptions)}. A part of a split model, {@code
     * x-00001-of-00003.gguf}, stands for all.
     *
     * @param path the GGUF file
     */
    public static Model load(Path path) {
        return load(ModelSource.file(path), ModelOptions.defaults());
    }

    /**
     * Loads a model from a file.
     *
     * @param path the GGUF file
     * @param options how to load it
     * @throws java.util.concurrent.CancellationException when the progress listener asked to stop
     */
    public static Model load(Path path, ModelOptions options) {
        return load(ModelSource.file(path), options);
    }

    /**
     * Loads a model from anywhere.
     *
     * @param source where it comes from
     */
    public static Model load(ModelSource source) {
        return load(source, ModelOptions.defaults());
    }

    /**
     * Loads a model from anywhere. This is one native call that takes seconds and pins the carrier of a virtual thread.
     *
     * @param source where it comes from
     * @param options how to load it
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

    /** {@return the vocabulary; always the same object} */
    public Vocab vocab() {
        return vocab;
    }

    /** {@return what the file says about itself; always the same object} */
    public ModelInfo info() {
        return info;
    }

    /**
     * The metadata of the file and {@link ModelOptions#metadataOverrides()}: keys and values as text, in the order of
     * the file,
     * long arrays abridged. {@link dev.tokapu.gguf.GgufFile} reads them in full.
     *
     * @return an unmodifiable map
     */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** Makes a context with {@link ContextOptions#defaults()}. */
    public Context newContext() {
        return newContext(ContextOptions.defaults());
    }

    /**
     * Makes a context.
     *
     * @param options its settings
     * @throws ContextCreationException when llama.cpp cannot create it
     * @throws DeviceMemoryException when a device, the host, or the limit of its container has not enough memory
     */
    public Context newContext(ContextOptions options) {
        return newContext(options, "Context of ", ContextApi::create);
    }

    /**
     * Makes a context of the model's MTP heads, which draft tokens from the hidden states of another context of the model: see {@link
     * Context#decode(Batch, Context, int[])}. Its KV cache is that of the heads' layers. Of several heads it computes with the first.
     *
     * @param options its settings; without embeddings
     * @throws UnsupportedOperationException when the file has no heads, or the model was loaded without them ({@link ModelOptions#mtpHeads()})
     * @throws ContextCreationException when llama.cpp cannot create it
     * @throws DeviceMemoryException when a device, the host, or the limit of its container has not enough memory
     */
    public Context newMtpContext(ContextOptions options) {
        return newContext(options, "MTP context of ", ContextApi::newMtp);
    }

    /**
     * Makes a context of this EAGLE-3 draft model (architecture {@code eagle3}), which drafts tokens from the hidden states of a context of the model
     * that it was trained for: see {@link Context#setHiddenStates(Model)} and {@link Context#decode(Batch, Context, int[])}. It may use weights of that
     * model, so that the memory of the target is freed when both are closed.
     *
     * @param target the context that it drafts for
     * @param options its settings; without embeddings
     * @throws UnsupportedOperationException when this is no such model, or llama.cpp does not tell of the layers of the target's
     * @throws ContextCreationException when it does not fit the target's model, or llama.cpp cannot create it
     * @throws DeviceMemoryException when a device, the host, or the limit of its container has not enough memory
     */
    public Context newEagle3Context(Context target, ContextOptions options) {
        NativeHandle reads = NativeHandles.of(target);
        return newContext(options, "EAGLE-3 context of ", (contexts, model, ints, floats, context) -> {
            long id = reads.acquire();
            try {
                return contexts.newEagle3(model, id, ints, floats, context);
            } finally {
                reads.release();
            }
        });
    }

    private Context newContext(ContextOptions options, String kind, NewContext function) {
        if (this.options.vocabOnly()) {
            throw new IllegalStateException(handle.name()
                    + " was loaded with ModelOptions.vocabOnly and has no weights; load it without for contexts");
        }
        MemoryCheck memory = MemoryCheck.now();
        NativeHandle child = ModelCalls.newContext(handle, options, info.trainedContextSize(), memory, kind, function);
        try {
            memory.computing(child, (long) vocab.size() * Math.min(options.microBatchSize(), options.batchSize()));
            return new Context(this, options, child);
        } catch (RuntimeException | Error e) {
            child.close();
            throw e;
        }
    }

    /** {@return the devices that hold its layers, as they were when it was loaded; empty when all of it lies with the CPU} */
    public List<Device> devices() {
        return devices;
    }

    /** {@return the memory of the weights by device; {@link Context#memory()} adds the rest} */
    public MemoryReport memory() {
        return ModelCalls.memory(handle);
    }

    /** {@return whether the file holds a chat template, so that {@code ChatTemplate.of(model)} gives one} */
    public boolean hasChatTemplate() {
        return metadata().containsKey("tokenizer.chat_template");
    }

    /** {@return whether it is closed} */
    public boolean isClosed() {
        return handle.isClosed();
    }

    /** Refuses new calls from now on; the memory is freed when the last context and sampler that use it are closed. Idempotent. */
    @Override
    public void close() {
        handle.close();
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
