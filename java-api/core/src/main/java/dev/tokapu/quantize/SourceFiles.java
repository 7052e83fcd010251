package dev.tokapu.quantize;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.exception.QuantizationException;
import dev.tokapu.gguf.GgufBuilder;
import dev.tokapu.gguf.GgufException;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.MetadataType;
import dev.tokapu.gguf.MetadataValue;
import dev.tokapu.gguf.TensorData;
import dev.tokapu.gguf.TensorInfo;
import dev.tokapu.gguf.TensorType;
import dev.tokapu.internal.load.ModelLocation;
import dev.tokapu.internal.load.ModelLocator;
import dev.tokapu.internal.load.SplitName;
import dev.tokapu.internal.util.OtherFile;
import dev.tokapu.source.ModelSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The files of a model that is quantized, and the file that llama.cpp will make of them. */
record SourceFiles(List<Path> paths, List<GgufFile> files) {

    private static final Pattern LAYER = Pattern.compile("blk\\.(\\d{1,4})\\.");
    private static final String SUFFIX = ".gguf";
    private static final String NUMBER = "split.no";
    private static final String COUNT = "split.count";
    private static final String TENSORS = "split.tensors.count";
    private static final TensorData NOTHING = out -> {};

    /** Texts of metadata overrides are arrays of this many bytes in llama.cpp, with a NUL at the end. */
    private static final int OVERRIDE_BYTES = 128;

    static SourceFiles of(Path model) {
        try {
            ModelLocation.Files located = (ModelLocation.Files) ModelLocator.locate(ModelSource.file(model));
            return new SourceFiles(
                    located.paths(),
                    located.paths().stream().map(GgufFile::open).toList());
        } catch (ModelLoadException | GgufException e) {
            throw new QuantizationException(model + " cannot be quantized: " + e.getMessage(), e);
        }
    }

    Path first() {
        return paths.get(0);
    }

    long bytes() {
        return new ModelLocation.Files(paths).bytes();
    }

    /** Refuses to write to a file that is read. */
    void requireOther(Path output, @Nullable Path matrix) {
        try {
            for (Path path : paths) {
                OtherFile.require(output, path, "the model itself");
            }
            if (matrix != null) {
                OtherFile.require(output, matrix, "the importance matrix");
            }
        } catch (IOException e) {
            throw new QuantizationException(output + " cannot be read: " + e, e);
        }
    }

    /**
     * How many files llama.cpp writes: with keepSplit, those up to the last that keeps a tensor.
     *
     * @throws QuantizationException when a file before the last loses all its tensors, which llama.cpp has not thought of
     */
    int count(QuantizeOptions options) {
        requireLayers(options.prunedLayers());
        if (!options.keepSplit()) {
            return 1;
        }
        Set<Integer> kept = new TreeSet<>();
        renamed(options.prunedLayers()).values().forEach(tensor -> kept.add(part(tensor)));
        int count = kept.isEmpty() ? 1 : Collections.max(kept) + 1;
        for (int part = 1; part < count; part++) { // the first may be one of metadata alone
            if (!kept.contains(part)) {
                throw new QuantizationException(
                        paths.get(part) + " would be left without tensors by pruning the layers "
                                + options.prunedLayers() + "; prune others, or quantize without keepSplit");
            }
        }
        return count;
    }

    /** llama.cpp takes layers that are not there for left out. */
    private void requireLayers(List<Integer> pruned) {
        Set<Integer> layers = new TreeSet<>();
        for (GgufFile file : files) {
            for (TensorInfo tensor : file.tensors()) {
                Matcher layer = LAYER.matcher(tensor.name());
                if (layer.find()) {
                    layers.add(Integer.valueOf(layer.group(1)));
                }
            }
        }
        for (int layer : pruned) {
            if (!layers.contains(layer)) {
                throw new IllegalArgumentException(
                        "pruneLayers has " + layer + "; " + first() + " has the layers " + layers);
            }
        }
    }

    /** The files that are written for an output. */
    List<Path> outputs(Path output, QuantizeOptions options) {
        int count = count(options);
        return options.keepSplit() ? parts(output, count) : List.of(output);
    }

    /** The names of this many files with keepSplit: {@code x.gguf} becomes {@code x-00001-of-00003.gguf}. */
    private static List<Path> parts(Path output, int count) {
        String name = String.valueOf(output.getFileName());
        String prefix = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
        return SplitName.of(prefix + '-', count).all().stream()
                .map(output::resolveSibling)
                .toList();
    }

    /** What files of these types come to. */
    Quantization planned(Map<String, TensorType> types, QuantizeOptions options, int count) {
        GgufBuilder builder = new GgufBuilder().putAll(files.get(0));
        builder.remove(NUMBER).remove(COUNT).remove(TENSORS);
        number(builder, "general.quantization_version", 2);
        number(builder, "general.file_type", options.type().code());
        options.metadata().forEach((key, value) -> builder.put(key, metadata(value)));
        matrix(builder, options.importanceMatrix());
        List<GgufBuilder> builders = new ArrayList<>(List.of(builder));
        for (int part = 1; part < count; part++) {
            builders.add(new GgufBuilder());
        }
        if (builders.size() > 1) {
            for (int part = 0; part < builders.size(); part++) {
                builders.get(part)
                        .put(NUMBER, MetadataValue.of(MetadataType.UINT16, part))
                        .put(COUNT, MetadataValue.of(MetadataType.UINT16, builders.size()))
                        .put(TENSORS, MetadataValue.of(MetadataType.INT32, types.size()));
            }
        }
        Map<String, TensorInfo> byName = renamed(options.prunedLayers());
        long weights = 0;
        long bytes = 0;
        for (Map.Entry<String, TensorType> entry : types.entrySet()) {
            TensorInfo before = byName.get(entry.getKey());
            if (before == null) {
                throw new QuantizationException(
                        "llama.cpp names a tensor '" + entry.getKey() + "' that the model has not");
            }
            GgufBuilder target = builders.get(builders.size() == 1 ? 0 : part(before));
            target.tensor(entry.getKey(), entry.getValue(), before.shape(), NOTHING);
            weights += before.elements();
            bytes += entry.getValue().bytes(before.elements());
        }
        long size = builders.stream().mapToLong(GgufBuilder::size).sum();
        return new Quantization(bytes(), size, weights, bytes, types);
    }

    private int part(TensorInfo tensor) {
        int part = 0;
        while (files.get(part).tensor(tensor.name()).isEmpty()) {
            part++;
        }
        return part;
    }

    private Map<String, TensorInfo> renamed(List<Integer> pruned) {
        Map<String, TensorInfo> tensors = new HashMap<>();
        for (GgufFile file : files) {
            for (TensorInfo tensor : file.tensors()) {
                Matcher layer = LAYER.matcher(tensor.name());
                if (pruned.isEmpty() || !layer.find()) {
                    tensors.put(tensor.name(), tensor);
                    continue;
                }
                int number = Integer.parseInt(layer.group(1));
                if (!pruned.contains(number)) {
                    long before =
                            pruned.stream().filter(other -> other < number).count();
                    tensors.put(
                            tensor.name().substring(0, layer.start(1))
                                    + (number - before)
                                    + tensor.name().substring(layer.end(1)),
                            tensor);
                }
            }
        }
        return tensors;
    }

    /** As llama.cpp sets metadata overrides. */
    private static MetadataValue metadata(Object value) {
        if (value instanceof Boolean) {
            return MetadataValue.of(MetadataType.BOOL, value);
        }
        if (value instanceof CharSequence text) {
            return MetadataValue.text(text.toString());
        }
        return value instanceof Float || value instanceof Double
                ? MetadataValue.of(MetadataType.FLOAT32, value)
                : MetadataValue.of(MetadataType.UINT32, Math.abs(((Number) value).longValue()) & 0xffffffffL);
    }

    private static void number(GgufBuilder builder, String key, long value) {
        builder.put(key, MetadataValue.of(MetadataType.UINT32, value));
    }

    /** The entries about the importance matrix; one in the old format has no metadata that could be read here. */
    private static void matrix(GgufBuilder builder, @Nullable Path path) {
        if (path == null) {
            return;
        }
        GgufFile matrix;
        try {
            matrix = GgufFile.open(path);
        } catch (GgufException e) {
            return;
        }
        builder.put("quantize.imatrix.file", cut(path.toString()));
        if (matrix.metadata().get(ImportanceMatrix.DATASETS) instanceof List<?> datasets && !datasets.isEmpty()) {
            builder.put("quantize.imatrix.dataset", cut(String.valueOf(datasets.get(0))));
        }
        long entries = matrix.tensors().stream()
                .filter(tensor -> tensor.name().endsWith(ImportanceMatrix.SUMS))
                .count();
        number(builder, "quantize.imatrix.entries_count", entries);
        if (matrix.metadata().get(ImportanceMatrix.CHUNKS) instanceof Long chunks && chunks > 0) {
            number(builder, "quantize.imatrix.chunks_count", chunks);
        }
    }

    private static MetadataValue cut(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length < OVERRIDE_BYTES
                ? MetadataValue.text(text)
                : MetadataValue.text(new String(Arrays.copyOf(bytes, OVERRIDE_BYTES - 1), StandardCharsets.UTF_8));
    }
}
