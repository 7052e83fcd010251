package dev.tokapu;

import dev.tokapu.internal.ModelLocation;
import dev.tokapu.internal.Native;
import dev.tokapu.internal.NativeHandle;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NativeConstants;
import dev.tokapu.spi.ProgressListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The native calls of {@link Model}: everything about arrays and statuses that its users do not see. */
final class ModelCalls {

    private ModelCalls() {}

    /** A function that writes text about a model. */
    @FunctionalInterface
    interface ModelText {

        int into(long model, byte[] buf, int[] length);
    }

    /** Loads a model that was found. */
    static NativeHandle load(NativeApi api, ModelSource source, ModelLocation location, ModelOptions options) {
        long[] id = new long[1];
        int status = callLoad(api, location, options, id);
        if (status == NativeConstants.ERROR_MODEL || status == NativeConstants.ERROR_NATIVE) {
            throw new ModelLoadException(source.toString(), Native.lastError(api));
        }
        Native.check(api, status, "load", "model " + source);
        String name = source.toString();
        String shortName = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        return NativeHandle.shared(api, id[0], "Model '" + shortName + "'", NativeApi::modelFree);
    }

    private static int callLoad(NativeApi api, ModelLocation location, ModelOptions options, long[] id) {
        long[] values = options.toNative();
        byte[] overrides = options.overridesToNative();
        int count = options.metadataOverrides().size();
        LoadProgress progress = options.progress();
        ProgressListener listener = progress == null ? null : progress::onProgress;
        if (location instanceof ModelLocation.Files files) {
            List<String> paths = files.paths().stream().map(Path::toString).toList();
            return api.modelLoad(Native.utf8List(paths), paths.size(), values, overrides, count, 0, listener, id);
        }
        if (location instanceof ModelLocation.Range range) {
            byte[] path = Native.utf8(range.path().toString());
            return api.modelLoadRange(path, range.offset(), range.size(), values, overrides, count, 0, listener, id);
        }
        ModelLocation.Descriptor open = (ModelLocation.Descriptor) location;
        return api.modelLoadFd(open.fd(), open.offset(), open.size(), values, overrides, count, 0, listener, id);
    }

    /** Creates the native part of a context. */
    static NativeHandle newContext(NativeHandle model, ContextOptions options, int trainedContextSize) {
        NativeApi api = model.api();
        long[] context = new long[1];
        long id = model.acquire();
        try {
            int status = api.contextNew(
                    id, options.intsToNative(trainedContextSize), options.rope().floatsToNative(), context);
            if (status == NativeConstants.ERROR_ARGUMENT) {
                throw new ContextCreationException(
                        model.name() + ": cannot create a context: " + Native.lastError(api));
            }
            model.check(status, "creating a context");
        } finally {
            model.release();
        }
        return NativeHandle.confined(
                api,
                context[0],
                "Context of " + model.name(),
                NativeApi::contextFree,
                (functions, running) -> functions.contextAbort(running, 1));
    }

    /** All metadata, in the order of the file. */
    static Map<String, String> metadata(NativeHandle model, int count) {
        NativeApi api = model.api();
        Map<String, String> entries = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            int index = i;
            entries.put(
                    text(model, "metadata", (id, buf, length) -> api.modelMetaKey(id, index, buf, length)),
                    text(model, "metadata", (id, buf, length) -> api.modelMetaValue(id, index, buf, length)));
        }
        return Collections.unmodifiableMap(entries);
    }

    /** The labels of the classifier outputs. */
    static List<String> labels(NativeHandle model, int count) {
        NativeApi api = model.api();
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int index = i;
            labels.add(text(model, "label", (id, buf, length) -> api.modelClsLabel(id, index, buf, length)));
        }
        return List.copyOf(labels);
    }

    static String text(NativeHandle model, String action, ModelText call) {
        long id = model.acquire();
        try {
            return Native.text(model.api(), action, model.name(), (buf, length) -> call.into(id, buf, length));
        } finally {
            model.release();
        }
    }
}
