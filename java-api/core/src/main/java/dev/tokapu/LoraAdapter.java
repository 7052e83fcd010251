package dev.tokapu;

import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.exception.LoraAdapterException;
import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeHandles;
import dev.tokapu.internal.natives.NativePaths;
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
 * <p>It comes from a GGUF file, as llama.cpp's {@code convert_lora_to_gguf.py} writes them, and fits the models whose shapes it
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

    private final Model model;
    private final NativeHandle handle;
    private final Map<String, String> metadata;
    private final int[] invocationTokens;
    private final long size;

    private LoraAdapter(Model model, NativeHandle handle) {
        this.model = model;
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
        NativeHandle owner = NativeHandles.of(model);
        NativeApi api = owner.api();
        long[] adapter = new long[1];
        long id = owner.acquire();
        try (NativePaths paths = new NativePaths()) {
            int status = api.adapters().load(id, NativeErrors.utf8(paths.of(file)), adapter);
            if (status == Status.ERROR_MODEL || status == Status.ERROR_NATIVE) {
                throw new LoraAdapterException(NativeErrors.lastError(api));
            }
            owner.check(status, "loading adapter '" + file + "'");
        } finally {
            owner.release();
        }
        NativeHandle handle = NativeHandle.shared(
                api,
                adapter[0],
                "LoraAdapter '" + file.getFileName() + "'",
                (functions, freed) -> functions.adapters().free(freed));
        try {
            return new LoraAdapter(model, handle);
        } catch (RuntimeException | Error e) {
            handle.close();
            throw e;
        }
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
     * The tokens that an activated adapter (aLoRA) was trained to begin to work with: its context should have it from the first of
     * them on and not before, so that what was decoded earlier can be shared with others. Tokapu leaves that to the caller.
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
