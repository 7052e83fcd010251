package dev.tokapu.quantize;

import dev.tokapu.ContextOptions;
import dev.tokapu.LoadProgress;
import dev.tokapu.Model;
import dev.tokapu.exception.QuantizationException;
import dev.tokapu.gguf.GgufBuilder;
import dev.tokapu.gguf.GgufException;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.MetadataType;
import dev.tokapu.gguf.MetadataValue;
import dev.tokapu.gguf.TensorData;
import dev.tokapu.gguf.TensorInfo;
import dev.tokapu.gguf.TensorType;
import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeHandles;
import dev.tokapu.internal.text.ChunkedText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;

/**
 * An importance matrix: for each column of a model's weights the mean square of what it is multiplied with, over texts. Quantizing spends its bits
 * on the columns that matter. The files have the format of llama-imatrix.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class ImportanceMatrix {

    static final String SUMS = ".in_sum2";
    private static final String COUNTS = ".counts";
    static final String DATASETS = "imatrix.datasets";
    static final String CHUNKS = "imatrix.chunk_count";
    private static final String CHUNK_SIZE = "imatrix.chunk_size";

    private final Map<String, Entry> entries;
    private final List<String> datasets;
    private final int chunkSize;

    /** The sums of squares of each column, and how many rows they are of: of one matrix, or of each expert. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Entry(float[] sums, float[] counts) {

        /** Refuses what no texts come to. */
        void check(String name) {
            if (counts.length == 0 || sums.length == 0 || sums.length % counts.length != 0) {
                throw new GgufException("'" + name + "' has " + sums.length + " sums and " + counts.length
                        + " counts; each count must have as many sums");
            }
            for (float count : counts) {
                if (!(count >= 0 && count <= Float.MAX_VALUE)) {
                    throw new GgufException("'" + name + "' has the count " + count + "; it must be 0 or more");
                }
            }
        }
    }

    private ImportanceMatrix(Map<String, Entry> entries, List<String> datasets, int chunkSize) {
        this.entries = Collections.unmodifiableMap(entries);
        this.datasets = List.copyOf(datasets);
        this.chunkSize = chunkSize;
    }

    /**
     * Collects one over a text.
     *
     * @param model the model, best in F16 or F32
     * @param text the text, at least two chunks long; best a few hundred chunks of the kind of text that the model will see
     * @param dataset the name of the text, which files of the matrix and of quantized models have
     * @param chunkSize tokens in a chunk, 3 to 2,048; llama-imatrix' default is 512
     * @param options for the context; sizes and sequences are set as llama-imatrix sets them
     * @param progress is told how much of the text is computed; false cancels
     * @return the matrix
     * @throws IllegalArgumentException when the text is too short, or the model is an encoder
     * @throws CancellationException when the listener asked to stop
     */
    public static ImportanceMatrix collect(
            Model model, String text, String dataset, int chunkSize, ContextOptions options, LoadProgress progress) {
        int[] tokens = ChunkedText.tokens(model, text, chunkSize);
        try (ChunkedText chunks = ChunkedText.open(model, tokens, chunkSize, options, true)) {
            NativeHandle context = NativeHandles.of(chunks.context());
            context.call(
                    "collecting an importance matrix",
                    id -> context.api().imatrices().start(id, 0));
            while (chunks.next()) {
                if (!progress.onProgress(chunks.progress())) {
                    throw new CancellationException("the importance matrix was cancelled");
                }
            }
            return new ImportanceMatrix(entries(context), List.of(dataset), chunkSize);
        }
    }

    private static Map<String, Entry> entries(NativeHandle context) {
        int[] count = new int[1];
        context.call(
                "counting importance matrices", id -> context.api().imatrices().count(id, count));
        Map<String, Entry> entries = new TreeMap<>();
        for (int i = 0; i < count[0]; i++) {
            int index = i;
            int[] sums = new int[1];
            int[] counts = new int[1];
            long id = context.acquire();
            try {
                String name = NativeErrors.text(
                        context.api(),
                        "name",
                        context.name(),
                        (b, n) -> context.api().imatrices().name(id, index, b, n));
                context.check(context.api().imatrices().sizes(id, index, sums, counts), "sizes");
                float[] values = new float[sums[0]];
                long[] rows = new long[counts[0]];
                context.check(context.api().imatrices().entry(id, index, values, rows), "sums");
                float[] floats = new float[rows.length];
                for (int r = 0; r < rows.length; r++) {
                    floats[r] = rows[r];
                }
                entries.put(name, new Entry(values, floats));
            } finally {
                context.release();
            }
        }
        return entries;
    }

    /**
     * Reads a file in the format of GGUF.
     *
     * @param file the file
     * @return the matrix
     * @throws QuantizationException when it is no importance matrix
     */
    public static ImportanceMatrix read(Path file) {
        try {
            GgufFile gguf = GgufFile.open(file);
            Map<String, Entry> entries = new TreeMap<>();
            for (TensorInfo sums : gguf.tensors()) {
                if (sums.name().endsWith(SUMS)) {
                    String name = sums.name().substring(0, sums.name().length() - SUMS.length());
                    TensorInfo counts = gguf.tensor(name + COUNTS)
                            .orElseThrow(() -> new GgufException("it has no counts of '" + name + "'"));
                    Entry entry = new Entry(floats(file, sums), floats(file, counts));
                    entry.check(name);
                    entries.put(name, entry);
                }
            }
            Object size = gguf.metadata().get(CHUNK_SIZE);
            if (entries.isEmpty()
                    || !(size instanceof Long chunkSize)
                    || chunkSize < 1
                    || chunkSize > Integer.MAX_VALUE) {
                throw new GgufException("it has no sums or no size of chunks");
            }
            List<String> datasets = new ArrayList<>();
            if (gguf.metadata().get(DATASETS) instanceof List<?> list) {
                list.forEach(dataset -> datasets.add(String.valueOf(dataset)));
            }
            return new ImportanceMatrix(entries, datasets, (int) (long) chunkSize);
        } catch (GgufException | IOException e) {
            throw new QuantizationException(
                    file + " is no importance matrix in the format of GGUF: " + e.getMessage(), e);
        }
    }

    private static float[] floats(Path file, TensorInfo tensor) throws IOException {
        if (tensor.type() != TensorType.F32 || tensor.bytes() > Integer.MAX_VALUE - 8) {
            throw new GgufException("tensor '" + tensor.name() + "' is of type " + tensor.type() + ", or too large");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) tensor.bytes());
        TensorData.of(file, tensor.offset(), tensor.bytes()).writeTo(bytes);
        FloatBuffer buffer = ByteBuffer.wrap(bytes.toByteArray())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        float[] floats = new float[buffer.remaining()];
        buffer.get(floats);
        return floats;
    }

    /**
     * The same matrix over the texts of both.
     *
     * @param other one of the same model
     * @return the sum
     * @throws IllegalArgumentException when it is of another model
     */
    public ImportanceMatrix plus(ImportanceMatrix other) {
        Map<String, Entry> sum = new TreeMap<>(entries);
        other.entries.forEach((name, entry) -> sum.merge(
                name,
                entry,
                (one, two) -> new Entry(added(name, one.sums, two.sums), added(name, one.counts, two.counts))));
        List<String> both = new ArrayList<>(datasets);
        both.addAll(other.datasets);
        return new ImportanceMatrix(sum, both, chunkSize);
    }

    private static float[] added(String name, float[] one, float[] two) {
        if (one.length != two.length) {
            throw new IllegalArgumentException("the matrices have " + one.length + " and " + two.length
                    + " numbers for " + name + "; they are of different models");
        }
        float[] sum = one.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += two[i];
        }
        return sum;
    }

    /**
     * Writes a file that llama-quantize and {@link QuantizeOptionsBuilder#importanceMatrix} take.
     *
     * @param file the file, replaced if it exists
     * @throws GgufException when it cannot be written
     */
    public void write(Path file) {
        GgufBuilder builder = new GgufBuilder()
                .put("general.type", MetadataValue.text("imatrix"))
                .put(DATASETS, MetadataValue.of(MetadataType.STRING, datasets))
                .put(CHUNKS, MetadataValue.of(MetadataType.UINT32, chunks()))
                .put(CHUNK_SIZE, MetadataValue.of(MetadataType.UINT32, chunkSize));
        entries.forEach((name, entry) -> {
            long matrices = entry.counts.length;
            builder.tensor(
                    name + SUMS,
                    TensorType.F32,
                    List.of(entry.sums.length / matrices, matrices),
                    TensorData.of(entry.sums));
            builder.tensor(name + COUNTS, TensorType.F32, List.of(1L, matrices), TensorData.of(entry.counts));
        });
        builder.write(file);
    }

    /** {@return the names of the weights, in order} */
    public List<String> names() {
        return List.copyOf(entries.keySet());
    }

    /** {@return the texts that it was collected over} */
    public List<String> datasets() {
        return datasets;
    }

    /** {@return the chunks that it was collected over} */
    public int chunks() {
        float most = 0;
        for (Entry entry : entries.values()) {
            for (float count : entry.counts) {
                most = Math.max(most, count);
            }
        }
        return (int) ((long) most / chunkSize);
    }

    /**
     * The mean square of what each column of a weight is multiplied with.
     *
     * @param name its name
     * @return a number for each column, of a weight with experts for each column of each expert in turn; 0 for experts that were not used
     * @throws IllegalArgumentException when there is none of that name
     */
    public float[] means(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("there is no weight '" + name + "'; names() lists them");
        }
        float[] means = entry.sums.clone();
        int columns = means.length / entry.counts.length;
        for (int i = 0; i < means.length; i++) {
            float count = entry.counts[i / columns];
            means[i] = count > 0 ? means[i] / count : 0;
        }
        return means;
    }

    @Override
    public String toString() {
        return "ImportanceMatrix[" + entries.size() + " weights, " + chunks() + " chunks]";
    }
}
