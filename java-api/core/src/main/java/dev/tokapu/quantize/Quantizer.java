package dev.tokapu.quantize;

import dev.tokapu.LoadProgress;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.exception.QuantizationException;
import dev.tokapu.gguf.GgufException;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.TensorInfo;
import dev.tokapu.gguf.TensorType;
import dev.tokapu.internal.natives.MetadataOverrides;
import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativePaths;
import dev.tokapu.internal.natives.NativeRuntime;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.ProgressListener;
import dev.tokapu.spi.QuantizeOptionI;
import dev.tokapu.spi.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Quantizes model files with llama.cpp: the new file is the same as {@code llama-quantize}'s, byte for byte. It runs in a process of its own, since
 * llama.cpp ends its process for some files and numbers; that is an exception here. The new file is written beside its place and moved there when it
 * is complete.
 *
 * <p>Thread safety: safe, no state.
 *
 * @since 0.1
 */
public final class Quantizer {

    private static final Path SELF = Path.of("/proc/self");

    /** What llama.cpp knows of a file that cannot be written. */
    private static final String WRITE_ERROR = "iostream error";

    private static final String REQUANTIZE_ERROR = "requantizing from type";

    private static final int DRAFT_BYTES = 64 * 1024;

    private Quantizer() {}

    /**
     * Quantizes a model with the defaults of a type.
     *
     * @param model the file, or the first file of a split model
     * @param output the new file, replaced if it exists
     * @param type what most tensors become
     * @return what came out
     * @throws IllegalArgumentException when the new file is one that is read
     * @throws QuantizationException when the model cannot be quantized so or the file cannot be written; none is left behind
     */
    public static Quantization quantize(Path model, Path output, FileType type) {
        return quantize(model, output, QuantizeOptions.of(type));
    }

    /**
     * Quantizes a model.
     *
     * @param model the file, or the first file of a split model
     * @param output the new file, replaced if it exists; with {@link QuantizeOptions#keepSplit} what the names of the new files begin with
     * @param options how
     * @return what came out
     * @throws IllegalArgumentException when a new file is one that is read, or the model lacks a layer that is to be left out
     * @throws QuantizationException when the model cannot be quantized so or a file cannot be written; none of the new files is left behind, and
     *     with keepSplit some of the files that it was to replace may be gone
     * @throws DeviceMemoryException when the system ended the process, which it does where memory runs out
     * @throws UnsupportedOperationException where no process can be started
     * @throws java.util.concurrent.CancellationException when the listener asked to stop; no file is left behind
     */
    public static Quantization quantize(Path model, Path output, QuantizeOptions options) {
        SourceFiles source = SourceFiles.of(model);
        List<Path> outputs = source.outputs(output, options);
        outputs.forEach(path -> source.requireOther(path, options.importanceMatrix()));
        Path folder = output.toAbsolutePath().getParent();
        boolean writable = folder != null && Files.isDirectory(folder) && Files.isWritable(folder);
        if (folder == null
                || !writable
                || outputs.stream().anyMatch(path -> Files.exists(path) && !Files.isRegularFile(path))) {
            throw new QuantizationException(
                    output
                            + " cannot be written: its folder must be there and writable, and itself, if it is there, a regular file");
        }
        String name = ".tokapu-" + UUID.randomUUID() + ".part";
        Path part = folder.resolve(name);
        List<Path> parts = source.outputs(part, options);
        try {
            Map<String, TensorType> types = call(source.first(), part, options, false);
            long size = 0;
            long bytes = 0;
            long weights = 0;
            for (Path written : parts) {
                List<TensorInfo> tensors = GgufFile.open(written).tensors();
                size += Files.size(written);
                bytes += tensors.stream().mapToLong(TensorInfo::bytes).sum();
                weights += tensors.stream().mapToLong(TensorInfo::elements).sum();
            }
            move(parts, outputs);
            return new Quantization(source.bytes(), size, weights, bytes, types);
        } catch (GgufException e) {
            throw new QuantizationException(output + " came out incomplete; is the disk full? " + e.getMessage(), e);
        } catch (IOException e) {
            throw new QuantizationException(output + " cannot be written: " + e, e);
        } finally {
            deleteAll(folder, name);
        }
    }

    /**
     * The files that {@link #quantize} writes: the output itself, or with {@link QuantizeOptions#keepSplit} as many as the model has.
     *
     * @param model the first file of the model
     * @param output as {@link #quantize} takes it
     * @param options how
     * @return the files, at least one; a model is loaded by the first
     * @throws QuantizationException when there would be no such files
     */
    public static List<Path> files(Path model, Path output, QuantizeOptions options) {
        return SourceFiles.of(model).outputs(output, options);
    }

    /** All of them, or none where one cannot be moved: with old ones beside them they would be a wrong model. */
    private static void move(List<Path> parts, List<Path> outputs) throws IOException {
        int moved = 0;
        try {
            while (moved < parts.size()) {
                Files.move(
                        parts.get(moved),
                        outputs.get(moved),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
                moved++;
            }
        } catch (IOException e) {
            outputs.subList(0, moved).forEach(Quantizer::delete);
            throw e;
        }
    }

    /** Deletes what there is of new files, however many llama.cpp has made. */
    private static void deleteAll(Path folder, String prefix) {
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, prefix + '*')) {
            parts.forEach(Quantizer::delete);
        } catch (IOException | DirectoryIteratorException e) {
            // It is told by what is thrown, if anything is.
        }
    }

    private static void delete(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            // It is told by what is thrown, if anything is.
        }
    }

    /**
     * What quantizing a model would result in. Only its metadata are read, so a large model takes no longer.
     *
     * @param model the file, or the first file of a split model
     * @param options how
     * @return sizes and types; the size is exact
     * @throws IllegalArgumentException when the model lacks a layer that is to be left out
     * @throws QuantizationException when the model cannot be quantized so
     * @throws UnsupportedOperationException where no process can be started
     */
    public static Quantization estimate(Path model, QuantizeOptions options) {
        SourceFiles source = SourceFiles.of(model);
        int count = source.count(options);
        return source.planned(call(source.first(), null, options, true), options, count);
    }

    /** The types of the tensors by their new names. */
    private static Map<String, TensorType> call(
            Path input, @Nullable Path output, QuantizeOptions options, boolean dry) {
        NativeApi api = NativeRuntime.api();
        NativeRuntime.connectLog(api);
        options.metadata().forEach(MetadataOverrides::check);
        byte[] rules = NativeErrors.utf8List(rules(options));
        byte[] metadata = MetadataOverrides.toNative(options.metadata());
        int[] pruned =
                options.prunedLayers().stream().mapToInt(Integer::intValue).toArray();
        long[] numbers = numbers(options, dry);
        LoadProgress progress = options.progress();
        ProgressListener listener = progress == null ? null : progress::onProgress;
        byte[] buf = new byte[DRAFT_BYTES];
        int[] length = new int[1];
        try (NativePaths names = new NativePaths()) {
            Path matrix = options.importanceMatrix();
            byte[] paths = NativeErrors.utf8List(List.of(
                    name(names, input),
                    output == null ? "" : output.toString(),
                    matrix == null ? "" : name(names, matrix)));
            int status = api.quantizing()
                    .quantize(
                            paths,
                            numbers,
                            rules,
                            options.rules().size(),
                            metadata,
                            options.metadata().size(),
                            pruned,
                            pruned.length,
                            listener,
                            buf,
                            length);
            if (status == Status.ERROR_BUFFER) {
                buf = new byte[length[0]];
                status = api.chatTemplates().cachedText(buf, length);
            }
            if (status == Status.ERROR_MODEL || status == Status.ERROR_NATIVE) {
                String reason = NativeErrors.lastError(api);
                throw new QuantizationException(reason + advice(reason));
            }
            if (status == Status.ERROR_MEMORY) {
                throw new DeviceMemoryException(NativeErrors.lastError(api));
            }
            NativeErrors.check(api, status, "quantizing", "model " + input);
        }
        return types(new String(buf, 0, length[0], StandardCharsets.UTF_8));
    }

    private static String advice(String reason) {
        if (reason.contains(WRITE_ERROR)) {
            return "; is there room for the new file?";
        }
        return reason.contains(REQUANTIZE_ERROR)
                ? "; take the original in F16, BF16 or F32, or allow it with requantize, which loses quality"
                : "";
    }

    /** The other process knows descriptors of this one by its number. */
    private static String name(NativePaths names, Path path) {
        Path name = Path.of(names.of(path));
        if (!name.startsWith(SELF)) {
            return path.toString();
        }
        try {
            return SELF.toRealPath().resolve(SELF.relativize(name)).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> rules(QuantizeOptions options) {
        List<String> texts = new ArrayList<>();
        for (TypeRule rule : options.rules()) {
            texts.add(rule.pattern());
            texts.add(Integer.toString(rule.type().code()));
        }
        return texts;
    }

    private static long[] numbers(QuantizeOptions options, boolean dry) {
        long[] numbers = new long[QuantizeOptionI.COUNT];
        numbers[QuantizeOptionI.FTYPE] = options.type().code();
        numbers[QuantizeOptionI.N_THREADS] = options.threads();
        numbers[QuantizeOptionI.OUTPUT_TYPE] = code(options.outputType());
        numbers[QuantizeOptionI.EMBEDDING_TYPE] = code(options.embeddingType());
        numbers[QuantizeOptionI.ALLOW_REQUANTIZE] = options.requantize() ? 1 : 0;
        numbers[QuantizeOptionI.QUANTIZE_OUTPUT] = options.quantizeOutput() ? 1 : 0;
        numbers[QuantizeOptionI.ONLY_COPY] = options.type() == FileType.COPY ? 1 : 0;
        numbers[QuantizeOptionI.PURE] = options.pure() ? 1 : 0;
        numbers[QuantizeOptionI.DRY_RUN] = dry ? 1 : 0;
        numbers[QuantizeOptionI.MAX_BUFFER] = options.maxBuffer();
        numbers[QuantizeOptionI.KEEP_SPLIT] = options.keepSplit() ? 1 : 0;
        return numbers;
    }

    private static int code(@Nullable TensorType type) {
        return type == null ? -1 : type.code();
    }

    private static Map<String, TensorType> types(String lines) {
        Map<String, TensorType> types = new LinkedHashMap<>();
        for (String line : lines.lines().toList()) {
            int tab = line.lastIndexOf('\t');
            try {
                types.put(line.substring(0, Math.max(0, tab)), TensorType.of(line.substring(tab + 1)));
            } catch (IllegalArgumentException e) {
                throw new QuantizationException(
                        "llama.cpp says '" + line + "' of a tensor; names must have no line ends", e);
            }
        }
        return types;
    }
}
