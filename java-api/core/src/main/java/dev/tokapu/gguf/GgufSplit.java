package dev.tokapu.gguf;

import dev.tokapu.internal.load.SplitName;
import dev.tokapu.internal.util.OtherFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a model into several files and merges them again, as llama.cpp's {@code llama-gguf-split} does, byte for byte. A split model
 * is loaded by the name of any of its files.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class GgufSplit {

    private static final String NUMBER = "split.no";
    private static final String COUNT = "split.count";
    private static final String TENSORS = "split.tensors.count";
    private static final int MAX_PARTS = 0xffff;

    private final long maxTensors;
    private final long maxBytes;
    private final boolean metadataApart;

    private GgufSplit(long maxTensors, long maxBytes, boolean metadataApart) {
        this.maxTensors = maxTensors;
        this.maxBytes = maxBytes;
        this.metadataApart = metadataApart;
    }

    /**
     * Files of this many tensors each.
     *
     * @param count the tensors of each file but the last, 1 or more
     * @return how to split
     */
    public static GgufSplit byTensors(int count) {
        return new GgufSplit(positive("count", count), Long.MAX_VALUE, false);
    }

    /**
     * Files of tensors that together are not larger than this; a larger tensor has a file of its own. Metadata do not count.
     *
     * @param bytes the largest size, 1 or more
     * @return how to split
     */
    public static GgufSplit byBytes(long bytes) {
        return new GgufSplit(Long.MAX_VALUE, positive("bytes", bytes), false);
    }

    private static long positive(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " is " + value + "; it must be 1 or more");
        }
        return value;
    }

    /** {@return the same with a first file that has no tensors, only the metadata} */
    public GgufSplit withMetadataApart() {
        return new GgufSplit(maxTensors, maxBytes, true);
    }

    /**
     * Which tensors each file would have.
     *
     * @param file the model
     * @return for each file its tensors
     */
    public List<List<TensorInfo>> plan(GgufFile file) {
        List<List<TensorInfo>> parts = new ArrayList<>();
        parts.add(new ArrayList<>());
        if (metadataApart) {
            parts.add(new ArrayList<>());
        }
        long bytes = 0;
        for (TensorInfo tensor : file.tensors()) {
            List<TensorInfo> last = parts.get(parts.size() - 1);
            long size = GgufFile.align(tensor.bytes(), file.alignment());
            if (!last.isEmpty() && (last.size() == maxTensors || size > maxBytes - bytes)) {
                last = new ArrayList<>();
                parts.add(last);
                bytes = 0;
            }
            last.add(tensor);
            bytes += size;
        }
        if (parts.size() > MAX_PARTS) {
            throw new IllegalArgumentException("the model would be " + parts.size() + " files; at most " + MAX_PARTS
                    + " are possible, make them larger");
        }
        return parts;
    }

    /**
     * Splits a model. It is left as it is, so that none of the new files may be the model itself.
     *
     * @param model the file
     * @param prefix path and beginning of the names: {@code out/x} for {@code out/x-00001-of-00003.gguf}
     * @return the files, which are replaced if they exist
     * @throws IllegalArgumentException when one of them is the model itself; nothing is written
     * @throws GgufException when the model cannot be read or a file cannot be written; none is left behind
     */
    public List<Path> split(Path model, Path prefix) {
        return split(model, prefix, GgufProgress.none());
    }

    /**
     * Splits a model. It is left as it is, so that none of the new files may be the model itself.
     *
     * @param model the file
     * @param prefix path and beginning of the names: {@code out/x} for {@code out/x-00001-of-00003.gguf}
     * @param progress is told how far it is
     * @return the files, which are replaced if they exist
     * @throws IllegalArgumentException when one of them is the model itself; nothing is written
     * @throws GgufException when the model cannot be read or a file cannot be written; none is left behind
     * @throws java.util.concurrent.CancellationException when the listener asked to stop; no file is left behind
     */
    public List<Path> split(Path model, Path prefix, GgufProgress progress) {
        GgufFile file = GgufFile.open(model);
        List<List<TensorInfo>> parts = plan(file);
        Path named = prefix.toAbsolutePath();
        List<Path> paths = SplitName.of(named.getFileName() + "-", parts.size()).all().stream()
                .map(named::resolveSibling)
                .toList();
        paths.forEach(path -> requireOther(path, model, "the model itself"));
        List<GgufBuilder> builders = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            GgufBuilder part = new GgufBuilder();
            if (i == 0) {
                part.putAll(file);
            } else if (file.alignment() != GgufFile.DEFAULT_ALIGNMENT) {
                part.put(GgufFile.ALIGNMENT_KEY, MetadataValue.of(MetadataType.UINT32, file.alignment()));
            }
            number(part, i, parts.size(), file.tensors().size());
            parts.get(i).forEach(tensor -> part.tensor(model, tensor));
            builders.add(part);
        }
        write(builders, paths, new Progress(progress, "splitting " + model, size(builders)));
        return paths;
    }

    private static long size(List<GgufBuilder> builders) {
        return builders.stream().mapToLong(GgufBuilder::size).sum();
    }

    private static void write(List<GgufBuilder> builders, List<Path> paths, Progress progress) {
        List<Path> written = new ArrayList<>();
        try {
            for (int i = 0; i < paths.size(); i++) {
                builders.get(i).write(paths.get(i), progress);
                written.add(paths.get(i));
            }
        } catch (RuntimeException | Error e) {
            delete(written, e);
            throw e;
        }
    }

    private static void number(GgufBuilder part, int number, int count, int tensors) {
        part.remove(NUMBER).remove(TENSORS).remove(COUNT);
        part.put(NUMBER, MetadataValue.of(MetadataType.UINT16, number));
        part.put(TENSORS, MetadataValue.of(MetadataType.INT32, tensors));
        part.put(COUNT, MetadataValue.of(MetadataType.UINT16, count));
    }

    private static void delete(List<Path> files, Throwable reason) {
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                reason.addSuppressed(e);
            }
        }
    }

    /**
     * Makes one file of a split model, whose files are left as they are, so that the new one may be none of them.
     *
     * @param part one of its files, {@code x-00001-of-00003.gguf}; the others lie beside it
     * @param model the file to be written, replaced if it exists
     * @throws IllegalArgumentException when it is a file of the split model; nothing is written
     * @throws GgufException when a file is missing, damaged or not of this model, or the new one cannot be written
     */
    public static void merge(Path part, Path model) {
        merge(part, model, GgufProgress.none());
    }

    /**
     * Makes one file of a split model, whose files are left as they are, so that the new one may be none of them.
     *
     * @param part one of its files, {@code x-00001-of-00003.gguf}; the others lie beside it
     * @param model the file to be written, replaced if it exists
     * @param progress is told how far it is
     * @throws IllegalArgumentException when the new file is one of the split model; nothing is written
     * @throws GgufException when a file is missing, damaged or not of this model, or the new one cannot be written
     * @throws java.util.concurrent.CancellationException when the listener asked to stop; no file is left behind
     */
    public static void merge(Path part, Path model, GgufProgress progress) {
        Path absolute = part.toAbsolutePath();
        SplitName name = SplitName.of(String.valueOf(absolute.getFileName()))
                .orElseThrow(() -> new GgufException(part
                        + " is no file of a split model; its name must end with -00001-of-00003.gguf, for example"));
        GgufBuilder whole = new GgufBuilder();
        List<String> names = name.all();
        int tensors = 0;
        for (int i = 0; i < names.size(); i++) {
            Path path = absolute.resolveSibling(names.get(i));
            GgufFile file = GgufFile.open(path);
            requireOther(model, path, "a file of the split model");
            expect(path, file, COUNT, names.size());
            expect(path, file, NUMBER, i);
            if (i == 0) {
                whole.putAll(file);
                whole.remove(COUNT).put(COUNT, MetadataValue.of(MetadataType.UINT16, 0));
            }
            for (TensorInfo tensor : file.tensors()) {
                add(whole, path, tensor);
            }
            tensors += file.tensors().size();
        }
        expectTensors(absolute, whole, tensors);
        whole.write(model, progress);
    }

    private static void requireOther(Path output, Path input, String what) {
        try {
            OtherFile.require(output, input, what);
        } catch (IOException e) {
            throw new GgufException(output + " cannot be compared with " + input + ": " + GgufBuilder.reason(e), e);
        }
    }

    private static void add(GgufBuilder whole, Path path, TensorInfo tensor) {
        try {
            whole.tensor(path, tensor);
        } catch (IllegalArgumentException e) {
            throw new GgufException(path + " cannot be merged with the other files: " + e.getMessage(), e);
        }
    }

    private static void expect(Path path, GgufFile file, String key, long expected) {
        Object value = file.metadata().get(key);
        if (!Long.valueOf(expected).equals(value)) {
            throw new GgufException(path + " has the " + key + " " + value + " in place of " + expected
                    + "; it is no file of this split model, or was renamed");
        }
    }

    private static void expectTensors(Path path, GgufBuilder whole, long tensors) {
        Object value = whole.value(TENSORS);
        if (value instanceof Long count && count != tensors) {
            throw new GgufException(
                    "the files of " + path + " have " + tensors + " tensors in place of " + count + "; get them again");
        }
    }
}
