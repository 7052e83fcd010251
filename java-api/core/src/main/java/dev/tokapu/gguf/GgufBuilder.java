package dev.tokapu.gguf;

import dev.tokapu.internal.util.AtomicFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts a GGUF file of version 3 together: metadata in the order in which they are set, then tensors. Numbers are read when the file is
 * written, so a file may be larger than memory.
 *
 * <p>Thread safety: confined to one thread at a time.
 *
 * @since 0.1
 */
public final class GgufBuilder {

    /** As llama.cpp: names of tensors are arrays of 64 bytes with a NUL at the end. */
    static final int MAX_NAME_BYTES = 63;

    private static final int VERSION = 3;

    private final Map<String, MetadataValue> values = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private record Tensor(TensorInfo info, TensorData data) {}

    /** An empty file. */
    public GgufBuilder() {}

    /**
     * Sets a metadata value. A new key comes last, an old one keeps its place.
     *
     * @param key its key, for example {@code general.name}
     * @param value its value
     * @return this
     */
    public GgufBuilder put(String key, MetadataValue value) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("a metadata key is empty");
        }
        if (key.equals(GgufFile.ALIGNMENT_KEY)) {
            GgufTensors.alignment(value);
        }
        values.put(key, value);
        return this;
    }

    /**
     * Takes over all metadata of a file.
     *
     * @param file the file
     * @return this
     */
    public GgufBuilder putAll(GgufFile file) {
        file.values().forEach(this::put);
        return this;
    }

    /**
     * Removes a metadata value, if there is one of that key.
     *
     * @param key its key
     * @return this
     */
    public GgufBuilder remove(String key) {
        values.remove(key);
        return this;
    }

    /**
     * Adds a tensor.
     *
     * @param name its name, at most 63 bytes
     * @param type its number format
     * @param shape elements in each dimension, the fastest one first; 1 to 4 dimensions
     * @param data its numbers
     * @return this
     */
    public GgufBuilder tensor(String name, TensorType type, List<Long> shape, TensorData data) {
        int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (nameBytes > MAX_NAME_BYTES || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the tensor name '" + name + "' has " + nameBytes
                    + " bytes; it must have at most " + MAX_NAME_BYTES + " and no NUL character");
        }
        if (tensors.containsKey(name)) {
            throw new IllegalArgumentException("there is a tensor '" + name + "' already; give it another name");
        }
        List<Long> stored = GgufTensors.withoutTrailingOnes(shape);
        long bytes = GgufTensors.byteSize(name, type, stored.toArray(new Long[0]));
        tensors.put(name, new Tensor(new TensorInfo(name, type, stored, 0, bytes), data));
        return this;
    }

    /**
     * Adds a tensor of another file.
     *
     * @param file the GGUF file, which must stay as it is until this one is written
     * @param tensor one of its tensors
     * @return this
     */
    public GgufBuilder tensor(Path file, TensorInfo tensor) {
        return tensor(
                tensor.name(), tensor.type(), tensor.shape(), TensorData.of(file, tensor.offset(), tensor.bytes()));
    }

    /**
     * Writes the file beside its place and moves it there when it is complete.
     *
     * @param file the file, replaced if it exists
     * @throws GgufException when it cannot be written or a tensor cannot be read; the file is as before
     */
    public void write(Path file) {
        write(file, GgufProgress.none());
    }

    /**
     * Writes the file beside its place and moves it there when it is complete.
     *
     * @param file the file, replaced if it exists
     * @param progress is told how far it is
     * @throws GgufException when it cannot be written or a tensor cannot be read; the file is as before
     * @throws java.util.concurrent.CancellationException when the listener asked to stop; the file is as before
     */
    public void write(Path file, GgufProgress progress) {
        byte[] head = head();
        write(file, head, new Progress(progress, "writing " + file, size(head)));
    }

    /** The same as one of several files whose bytes are counted together. */
    void write(Path file, Progress progress) {
        write(file, head(), progress);
    }

    private void write(Path file, byte[] head, Progress progress) {
        try {
            AtomicFile.writeShared(file, out -> writeTo(out, head, progress));
        } catch (IOException e) {
            throw new GgufException(file + " cannot be written: " + reason(e), e);
        }
    }

    /**
     * Writes the file to a stream.
     *
     * @param out where it goes; it is neither flushed nor closed
     * @throws IOException when writing fails or a tensor cannot be read
     */
    public void writeTo(OutputStream out) throws IOException {
        byte[] head = head();
        writeTo(out, head, new Progress(GgufProgress.none(), "writing", size(head)));
    }

    /** {@return the size that the file will have, in bytes} */
    public long size() {
        return size(head());
    }

    private void writeTo(OutputStream out, byte[] head, Progress progress) throws IOException {
        out.write(head);
        progress.add(head.length);
        int alignment = alignment();
        for (Tensor tensor : tensors.values()) {
            TensorOutput data = new TensorOutput(out, tensor.info, progress);
            tensor.data.writeTo(data);
            data.complete();
            int padding = (int) (GgufFile.align(tensor.info.bytes(), alignment) - tensor.info.bytes());
            out.write(new byte[padding]);
            progress.add(padding);
        }
    }

    private long size(byte[] head) {
        long size = head.length;
        for (Tensor tensor : tensors.values()) {
            size += GgufFile.align(tensor.info.bytes(), alignment());
        }
        return size;
    }

    /** The bytes before the data: header, metadata, descriptions of the tensors, padding. */
    byte[] head() {
        GgufOutput out = new GgufOutput()
                .int32(GgufFile.MAGIC)
                .int32(VERSION)
                .int64(tensors.size())
                .int64(values.size());
        values.forEach((key, value) -> value.encodeTo(out.text(key)));
        long offset = 0;
        for (Tensor tensor : tensors.values()) {
            TensorInfo info = tensor.info;
            out.text(info.name()).int32(info.shape().size());
            info.shape().forEach(out::int64);
            out.int32(info.type().code()).int64(offset);
            offset += GgufFile.align(info.bytes(), alignment());
        }
        return out.pad(alignment()).toByteArray();
    }

    @Nullable
    Object value(String key) {
        MetadataValue value = values.get(key);
        return value == null ? null : value.value();
    }

    int alignment() {
        MetadataValue value = values.get(GgufFile.ALIGNMENT_KEY);
        return value == null ? GgufFile.DEFAULT_ALIGNMENT : GgufTensors.alignment(value);
    }

    /** What an exception of the file system says beside the path that the message begins with. */
    static String reason(IOException e) {
        String message = e.getMessage();
        return message == null || message.isBlank()
                ? e.getClass().getSimpleName()
                : e.getClass().getSimpleName() + ": " + message;
    }
}
