package dev.tokapu.gguf;

import dev.tokapu.internal.load.ModelLocation;
import dev.tokapu.internal.load.ModelLocator;
import dev.tokapu.internal.util.Uninterrupted;
import dev.tokapu.source.ModelSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The head of a GGUF model file: version, metadata and the descriptions of its tensors, read in plain Java without loading
 * the model. Versions 2 and 3, little endian. Nothing in the file is believed before it was checked against its size.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class GgufFile {

    static final int MAGIC = 0x46554747;
    static final String ALIGNMENT_KEY = "general.alignment";
    static final int DEFAULT_ALIGNMENT = 32;
    private static final int MAX_ENTRIES = 100_000;
    private static final int MOST_LAYERS = 512; // as in llama.cpp

    private final int version;
    private final Map<String, MetadataValue> values;
    private final Map<String, Object> metadata;
    private final List<TensorInfo> tensors;
    private final long dataOffset;
    private final int alignment;

    private GgufFile(GgufReader in, String name) {
        version = readVersion(in, name);
        int tensorCount = readCount(in, "tensors", 24);
        int entryCount = readCount(in, "metadata entries", 13);
        values = Collections.unmodifiableMap(readMetadata(in, entryCount));
        Map<String, Object> objects = new LinkedHashMap<>();
        for (Map.Entry<String, MetadataValue> entry : values.entrySet()) {
            objects.put(entry.getKey(), entry.getValue().value());
        }
        metadata = Collections.unmodifiableMap(objects);
        alignment = alignment(in);
        GgufTensors read = new GgufTensors(in, tensorCount, alignment);
        dataOffset = align(in.position(), alignment);
        tensors = read.placed(dataOffset, name);
    }

    /**
     * Reads a file, also in a thread that is interrupted.
     *
     * @param path the file
     * @return its head
     * @throws GgufException when it is missing, no GGUF file or damaged
     */
    public static GgufFile open(Path path) {
        if (Files.isDirectory(path)) {
            throw new GgufException(path + " is a directory; name the GGUF file in it");
        }
        try {
            return Uninterrupted.read(path, channel -> read(channel, 0, channel.size(), path.toString()));
        } catch (NoSuchFileException e) {
            throw new GgufException(path + " does not exist", e);
        } catch (IOException e) {
            throw new GgufException(path + " cannot be read: " + GgufBuilder.reason(e), e);
        }
    }

    /**
     * Reads the head of a model wherever it comes from, a resource on the class path for example; of a split model, the first
     * file.
     *
     * @param source where it comes from; not a file descriptor, which {@link #read(FileChannel, long, long)} is for
     * @return its head
     * @throws dev.tokapu.exception.ModelLoadException when it is not there
     * @throws GgufException when it is no GGUF file or damaged
     */
    public static GgufFile open(ModelSource source) {
        ModelLocation location = ModelLocator.locate(source);
        if (location instanceof ModelLocation.Files files) {
            return open(files.paths().get(0));
        }
        if (!(location instanceof ModelLocation.Range range)) {
            throw new IllegalArgumentException(source + " cannot be read here; use GgufFile.read with a FileChannel");
        }
        try {
            return Uninterrupted.read(
                    range.path(), channel -> read(channel, range.offset(), range.size(), source.toString()));
        } catch (IOException e) {
            throw new GgufException(source + " cannot be read: " + GgufBuilder.reason(e), e);
        }
    }

    /**
     * Reads a GGUF file that lies in another file and reaches to its end.
     *
     * @param channel the outer file; its position is neither used nor changed
     * @param offset where the GGUF file begins, in bytes
     * @return its head
     * @throws GgufException when there is no GGUF file or it is damaged
     */
    public static GgufFile read(FileChannel channel, long offset) {
        try {
            return read(channel, offset, channel.size() - offset);
        } catch (IOException e) {
            throw new GgufException("the file cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a GGUF file that lies in another file, for example uncompressed in a jar.
     *
     * @param channel the outer file; its position is neither used nor changed
     * @param offset where the GGUF file begins, in bytes
     * @param size how long it is, in bytes
     * @return its head
     * @throws GgufException when there is no GGUF file or it is damaged
     */
    public static GgufFile read(FileChannel channel, long offset, long size) {
        if (offset < 0 || size < 0) {
            throw new IllegalArgumentException("offset " + offset + " and size " + size + " must be 0 or more");
        }
        return read(channel, offset, size, "the GGUF file at offset " + offset);
    }

    private static GgufFile read(FileChannel channel, long offset, long size, String name) {
        return new GgufFile(new GgufReader(name, channel, offset, size), name);
    }

    private static int readVersion(GgufReader in, String name) {
        if (in.remaining() < 8) {
            throw new GgufException(name + " is no GGUF file: it has only " + in.size() + " bytes");
        }
        int magic = in.int32();
        if (magic != MAGIC) {
            throw new GgufException(name
                    + String.format(
                            Locale.ROOT,
                            " is no GGUF file: it begins with the bytes %02x %02x %02x %02x, not with 'GGUF'",
                            magic & 0xff,
                            magic >> 8 & 0xff,
                            magic >> 16 & 0xff,
                            magic >>> 24));
        }
        int version = in.int32();
        if (version != 0 && (version & 0xffff) == 0) {
            throw new GgufException(name + " is a big-endian GGUF file (version " + Integer.reverseBytes(version)
                    + "); only little-endian ones can be read here");
        }
        if (version < 2 || version > 3) {
            throw new GgufException(name + " is a GGUF file of version " + version + "; versions 2 and 3 can be read");
        }
        return version;
    }

    /** A count that the rest of the file has room for. */
    private static int readCount(GgufReader in, String what, int minBytes) {
        long count = in.int64();
        if (count < 0 || count > in.remaining() / minBytes || count > MAX_ENTRIES) {
            throw in.damaged(Long.toUnsignedString(count) + " " + what + "; at most "
                    + Math.min(MAX_ENTRIES, in.remaining() / minBytes) + " are possible");
        }
        return (int) count;
    }

    private static Map<String, MetadataValue> readMetadata(GgufReader in, int count) {
        Map<String, MetadataValue> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = in.text();
            MetadataValue value = GgufValues.read(in, in.int32());
            if (map.put(key, value) != null) {
                throw in.damaged("metadata key '" + key + "' appears twice");
            }
        }
        return map;
    }

    private int alignment(GgufReader in) {
        MetadataValue value = values.get(ALIGNMENT_KEY);
        try {
            return value == null ? DEFAULT_ALIGNMENT : GgufTensors.alignment(value);
        } catch (IllegalArgumentException e) {
            throw in.damaged(String.valueOf(e.getMessage()));
        }
    }

    static long align(long position, int alignment) {
        return (position + alignment - 1) / alignment * alignment;
    }

    /** {@return the version of the format, 2 or 3} */
    public int version() {
        return version;
    }

    /**
     * The metadata: integers as {@link Long} (or {@link java.math.BigInteger} where they are too large), floating-point
     * numbers as {@link Float} or {@link Double}, {@link Boolean}, {@link String}, and unmodifiable lists of these.
     *
     * @return key to value, in the order of the file, unmodifiable
     */
    public Map<String, Object> metadata() {
        return metadata;
    }

    /** {@return the metadata with its types, in the order of the file, unmodifiable} */
    public Map<String, MetadataValue> values() {
        return values;
    }

    /**
     * A text of the metadata.
     *
     * @param key its key, for example {@code general.name}
     * @return the text, empty when there is none of that key
     */
    public Optional<String> text(String key) {
        return metadata.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    /** {@return the architecture, for example {@code llama} ({@code general.architecture}); empty when there is none} */
    public Optional<String> architecture() {
        return text("general.architecture");
    }

    /** {@return the number of layers for multi-token prediction (MTP heads) that the metadata tell of, 0 when there are none, or no model can have so many} */
    public int nextTokenLayerCount() {
        Object count = architecture()
                .map(name -> metadata.get(name + ".nextn_predict_layers"))
                .orElse(null);
        return count instanceof Long number && number >= 0 && number <= MOST_LAYERS ? number.intValue() : 0;
    }

    /** {@return descriptions of the tensors, in the order of the file, unmodifiable} */
    public List<TensorInfo> tensors() {
        return tensors;
    }

    /**
     * The description of one tensor.
     *
     * @param name its name
     * @return the description, empty when there is none of that name
     */
    public Optional<TensorInfo> tensor(String name) {
        return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst();
    }

    /**
     * What is wrong with the file, as far as it shows without loading it: gaps between tensors, metadata that do not fit the vocabulary, and
     * for the most used architectures shapes of tensors that do not fit the hyperparameters. Of a split model only this file is looked at.
     *
     * @return the problems, unmodifiable
     */
    public List<GgufProblem> problems() {
        return GgufCheck.problems(this);
    }

    /** {@return the offset of the tensor data in the GGUF file, in bytes} */
    public long dataOffset() {
        return dataOffset;
    }

    /** {@return the alignment of the tensors, in bytes; a power of 2} */
    public int alignment() {
        return alignment;
    }

    @Override
    public String toString() {
        return "GgufFile[version " + version + ", " + metadata.size() + " metadata entries, " + tensors.size()
                + " tensors]";
    }
}
