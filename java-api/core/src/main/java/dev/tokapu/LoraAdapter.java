package dev.tokapu;

import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.exception.LoraAdapterException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.internal.load.ModelLocation;
import dev.tokapu.internal.load.ModelLocator;
import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeHandles;
import dev.tokapu.internal.natives.NativePaths;
import dev.tokapu.source.ModelSource;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.Status;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A LoRA adapter for a {@link Model}: small matrices, trained apart from it, that are added to its weights while it computes. A
 * {@link LoraSet} says which adapters a context uses; one loaded model serves any number of them.
 *
 * <p>It comes from a GGUF file, an entry of a jar or an open file, as llama.cpp's {@code convert_lora_to_gguf.py} writes them, and fits the models whose shapes it
 * was trained for; weights in other number formats are fine. It can be loaded at any time, also while contexts of the model
 * compute and for those that exist already; a context that plans its memory at that moment waits for the load.
 *
 * <p>Close it, best with try-with-resources. Contexts that use it go on with it; its memory is freed when the last of them has
 * other adapters or is closed. It works on when its model is closed first.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class LoraAdapter implements AutoCloseable {

    private static final int MAX_NAME = 100;

    private final Model model;
    private final ModelSource source;
    private final NativeHandle handle;
    private final Map<String, String> metadata;
    private final int[] invocationTokens;
    private final String fingerprint;
    private final long size;

    static {
        NativeHandles.register(LoraAdapter.class, adapter -> adapter.handle);
    }

    private LoraAdapter(Model model, ModelSource source, NativeHandle handle) {
        this.model = model;
        this.source = source;
        this.handle = handle;
        NativeApi api = handle.api();
        int[] count = new int[1];
        long[] bytes = new long[1];
        long id = handle.acquire();
        try {
            handle.check(api.adapters().size(id, bytes), "reading its size");
            handle.check(api.adapters().metaCount(id, count), "reading its metadata");
            metadata = Collections.unmodifiableMap(metadata(handle, id, count[0]));
            invocationTokens = invocationTokens(handle, id);
            fingerprint = NativeErrors.text(
                    api, "fingerprint", handle.name(), (b, n) -> api.adapters().fingerprint(id, b, n));
        } finally {
            handle.release();
        }
        size = bytes[0];
    }

    /**
     * Loads an adapter.
     *
     * @param model the model that it is for; it stays in memory as long as the adapter
     * @param file the GGUF file
     * @return the adapter; close it
     * @throws LoraAdapterException when the file is missing, damaged, not a LoRA adapter, or made for another model
     * @throws DeviceMemoryException when a device or the host has not enough memory
     * @throws UnsupportedOperationException when the model has no weights ({@link ModelOptions#vocabOnly()})
     */
    public static LoraAdapter load(Model model, Path file) {
        return load(model, ModelSource.file(file));
    }

    /**
     * Loads an adapter from anywhere, for example an entry of a jar or an open file.
     *
     * @param model the model that it is for; it stays in memory as long as the adapter
     * @param source where it comes from
     * @return the adapter; close it
     * @throws LoraAdapterException when it is not there, damaged, not a LoRA adapter, or made for another model
     * @throws DeviceMemoryException when a device or the host has not enough memory
     * @throws UnsupportedOperationException when the model has no weights ({@link ModelOptions#vocabOnly()})
     */
    public static LoraAdapter load(Model model, ModelSource source) {
        NativeHandle owner = NativeHandles.of(model);
        NativeApi api = owner.api();
        long[] adapter = new long[1];
        long id = owner.acquire();
        try (NativePaths paths = new NativePaths()) {
            int status = callLoad(api, id, source, paths, adapter);
            if (status == Status.ERROR_MODEL || status == Status.ERROR_NATIVE) {
                throw new LoraAdapterException(NativeErrors.lastError(api));
            }
            owner.check(status, "loading adapter '" + source + "'");
        } finally {
            owner.release();
        }
        String text = source.toString();
        String name = text.substring(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1);
        NativeHandle handle = NativeHandle.shared(
                api,
                adapter[0],
                "LoraAdapter '" + name + "'",
                (functions, freed) -> functions.adapters().free(freed));
        try {
            return new LoraAdapter(model, source, handle);
        } catch (RuntimeException | Error e) {
            handle.close();
            throw e;
        }
    }

    /**
     * Loads it again, from where it came from, for the same model on another device.
     *
     * @param other the model that the copy is for
     * @return the copy; close it
     * @throws LoraAdapterException when it is not there any more, or does not fit the other model
     * @throws DeviceMemoryException when a device or the host has not enough memory
     * @throws IllegalStateException when this adapter is closed
     */
    public LoraAdapter copyFor(Model other) {
        if (isClosed()) {
            throw new IllegalStateException(handle.name() + " is closed");
        }
        return load(other, source);
    }

    private static int callLoad(NativeApi api, long model, ModelSource source, NativePaths paths, long[] adapter) {
        if (source instanceof ModelSource.File file) {
            return api.adapters().load(model, NativeErrors.utf8(paths.of(file.path())), adapter);
        }
        ModelLocation location;
        try {
            location = ModelLocator.locate(source);
        } catch (ModelLoadException e) {
            throw new LoraAdapterException(
                    String.valueOf(e.getMessage()).replaceFirst("^cannot load model", "cannot load adapter"));
        }
        if (location instanceof ModelLocation.Range range) {
            byte[] path = NativeErrors.utf8(paths.of(range.path()));
            return api.adapters().loadRange(model, path, range.offset(), range.size(), adapter);
        }
        if (location instanceof ModelLocation.Descriptor open) {
            return api.adapters().loadFd(model, open.fd(), open.offset(), open.size(), adapter);
        }
        ModelLocation.Files files = (ModelLocation.Files) location;
        if (files.paths().size() > 1) {
            throw new LoraAdapterException("cannot load adapter '" + source + "': it has "
                    + files.paths().size() + " files; merge them (GgufSplit.merge)");
        }
        return api.adapters()
                .load(model, NativeErrors.utf8(paths.of(files.paths().get(0))), adapter);
    }

    private static Map<String, String> metadata(NativeHandle handle, long id, int count) {
        NativeApi api = handle.api();
        Map<String, String> entries = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            int index = i;
            entries.put(
                    NativeErrors.text(
                            api,
                            "metadata",
                            handle.name(),
                            (b, n) -> api.adapters().metaKey(id, index, b, n)),
                    NativeErrors.text(
                            api,
                            "metadata",
                            handle.name(),
                            (b, n) -> api.adapters().metaValue(id, index, b, n)));
        }
        return entries;
    }

    private static int[] invocationTokens(NativeHandle handle, long id) {
        int[] tokens = new int[0];
        int[] count = new int[1];
        int status = handle.api().adapters().invocationTokens(id, tokens, count);
        if (status == Status.ERROR_BUFFER) {
            tokens = new int[count[0]];
            status = handle.api().adapters().invocationTokens(id, tokens, count);
        }
        handle.check(status, "reading its invocation tokens");
        return tokens;
    }

    /** {@return the model that it is for, perhaps closed} */
    public Model model() {
        return model;
    }

    /**
     * What the file says about itself: name, author, {@code adapter.lora.alpha} and so on. Arrays are left out.
     *
     * @return an unmodifiable map, sorted by key
     */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** {@return the memory that its matrices take, in bytes} */
    public long size() {
        return size;
    }

    /**
     * The tokens that an activated adapter (aLoRA) was trained to begin to work with. Chat sessions, generators and engines compute a prompt
     * without it up to the last place of these tokens, so that what comes before can be shared with others, and a prompt that has none without it.
     *
     * @return a new array, empty for ordinary adapters
     */
    public int[] invocationTokens() {
        return invocationTokens.clone();
    }

    /** {@return whether it is closed} */
    public boolean isClosed() {
        return handle.isClosed();
    }

    NativeHandle handle() {
        return handle;
    }

    /** For the states of sequences, on one line: the beginning of its name, which can be any text, and its fingerprint. */
    String description() {
        StringBuilder description = new StringBuilder();
        metadata.getOrDefault("general.name", "adapter")
                .codePoints()
                .limit(MAX_NAME)
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .forEach(description::appendCodePoint);
        return description.append(' ').append(fingerprint).toString();
    }

    /** Closes it for new uses. Idempotent. */
    @Override
    public void close() {
        handle.close();
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
