package dev.tokapu.cli;

import dev.tokapu.Model;
import dev.tokapu.completion.Estimate;
import dev.tokapu.completion.KlDivergence;
import dev.tokapu.exception.TokapuException;
import dev.tokapu.quantize.FileType;
import dev.tokapu.quantize.Quantization;
import dev.tokapu.quantize.QuantizeOptions;
import dev.tokapu.quantize.Quantizer;
import dev.tokapu.source.ModelSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sizes and quality of several file types of one model, over a text.
 *
 * @param rows the types, largest first; without a result where one cannot be had
 */
record QuantizeTable(
        Path model,
        long bytes,
        Path text,
        int tokens,
        @Nullable Estimate original,
        List<Row> rows) {

    private static final double MOST = 0.99;

    /**
     * One type.
     *
     * @param problem why there is no result
     */
    record Row(
            FileType type,
            @Nullable Quantization size,
            @Nullable KlDivergence quality,
            String problem) {

        long bytes() {
            return size == null ? 0 : size.bytesAfter();
        }
    }

    /** Compares a model with a quantized one. */
    @FunctionalInterface
    interface Measure {
        KlDivergence of(FileType type, Model original, Model quantized);
    }

    /**
     * Quantizes and measures.
     *
     * @param model the file, or the first file of a split model
     * @param folder where the files are while they are measured
     * @param options the options of a type
     * @param measure compares the model with a quantized one
     */
    static QuantizeTable measure(
            Path model,
            Path text,
            List<FileType> types,
            Path folder,
            Function<FileType, QuantizeOptions> options,
            Measure measure) {
        long bytes = Quantizer.estimate(model, QuantizeOptions.of(FileType.COPY))
                .bytesBefore(); // of all files of a split model
        List<Row> rows = new ArrayList<>();
        try (Model original = Model.load(ModelSource.file(model))) {
            for (FileType type : types) {
                rows.add(row(model, original, type, folder, options, measure));
            }
        }
        rows.sort((a, b) -> Long.compare(b.bytes(), a.bytes()));
        KlDivergence first = rows.stream()
                .map(Row::quality)
                .filter(quality -> quality != null)
                .findFirst()
                .orElse(null);
        return new QuantizeTable(
                model,
                bytes,
                text,
                first == null ? 0 : first.tokens(),
                first == null ? null : first.basePerplexity(),
                List.copyOf(rows));
    }

    private static Row row(
            Path model,
            Model original,
            FileType type,
            Path folder,
            Function<FileType, QuantizeOptions> options,
            Measure measure) {
        Path file = folder.resolve(type + ".gguf");
        file.toFile().deleteOnExit(); // ctrl-C may not wait
        try {
            Quantization size = Quantizer.quantize(model, file, options.apply(type));
            try (Model quantized = Model.load(file)) {
                return new Row(type, size, measure.of(type, original, quantized), "");
            }
        } catch (CancellationException e) {
            throw e;
        } catch (TokapuException e) {
            return new Row(type, null, null, String.valueOf(e.getMessage()));
        } finally {
            delete(file);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("model", model.toString());
        map.put("bytes", bytes);
        map.put("text", text.toString());
        map.put("tokens", tokens);
        if (original != null) {
            put(map, "perplexity", original);
        }
        map.put("types", rows.stream().map(QuantizeTable::asMap).toList());
        return map;
    }

    private static Map<String, Object> asMap(Row row) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("type", row.type().name());
        Quantization size = row.size();
        KlDivergence quality = row.quality();
        if (size == null || quality == null) {
            map.put("problem", row.problem());
            return map;
        }
        map.put("bytes", size.bytesAfter());
        map.put("bitsPerWeight", size.bitsPerWeight());
        put(map, "perplexity", quality.perplexity());
        put(map, "ratio", quality.ratio());
        put(map, "divergence", quality.mean());
        map.put("divergence99", quality.quantile(MOST));
        put(map, "sameTop", quality.sameTop());
        return map;
    }

    private static void put(Map<String, Object> map, String name, Estimate estimate) {
        map.put(name, estimate.value());
        map.put(name + "Error", estimate.error());
    }
}
