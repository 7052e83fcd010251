package dev.tokapu;

import dev.tokapu.exception.SequenceStateException;
import dev.tokapu.internal.natives.NativeHandles;
import dev.tokapu.internal.natives.NativeRuntime;
import dev.tokapu.internal.natives.NativeState;
import dev.tokapu.internal.natives.NativeStateCopy;
import dev.tokapu.internal.natives.StateFormat;
import dev.tokapu.internal.util.AtomicFile;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a {@link Sequence} knows, as bytes: taken from it, kept in memory, written to a stream or a file, and restored in the same
 * or another context, perhaps another day. Restoring costs a copy where decoding the tokens again would cost computing.
 *
 * <p>It fits a context of the same model with the same number formats of the KV cache, layout and RoPE settings, LoRA adapters and control vector,
 * and the same llama.cpp release; anything else is refused with a message that names the difference. A checksum (CRC-32C) finds what was damaged or cut off. Bytes that
 * were made to deceive cannot crash anything, but they can hold any content: take them from sources that you trust.
 *
 * <p>It holds native memory of {@link #size()} bytes, up to an eighth more where it continues another one; close it. Thread safety: immutable, safe for any number of threads.
 *
 * @since 0.1
 */
public final class SequenceState implements AutoCloseable {

    private final StateFormat.Parts parts;

    private SequenceState(StateFormat.Parts parts) {
        this.parts = parts;
    }

    static SequenceState take(Context context, LoraSet adapters, int sequence, int length, int[] tokens) {
        String key = key(context, adapters);
        NativeState bytes = NativeState.take(NativeHandles.of(context), sequence, false);
        return new SequenceState(new StateFormat.Parts(key, length, tokens.clone(), bytes));
    }

    static StateCopy beginTaking(Context context, LoraSet adapters, int sequence, int length, int[] tokens) {
        return taking(
                NativeStateCopy.save(NativeHandles.of(context), sequence), key(context, adapters), length, tokens);
    }

    /**
     * Begins to copy the state of a sequence, part by part, except for the first positions, where both have the same tokens. The two
     * states share memory there, and closing one of them leaves the other one as it is. This one must have been kept with its tokens, the one at each
     * position. Where that cannot be
     * (recurrent and hybrid models, sliding windows, transposed values, or when more than an eighth of the memory would be kept for nothing)
     * all is copied, as by {@link Sequence#beginState(LoraSet, int...)}.
     *
     * @param sequence the sequence
     * @param adapters what it was computed with
     * @param tokens the tokens of the sequence, the one at each position; kept with the new state
     * @return the copy, to be closed by the caller
     * @throws SequenceStateException when this state does not fit the context of the sequence
     * @throws IllegalStateException when this state is closed
     */
    public StateCopy beginContinuing(Sequence sequence, LoraSet adapters, int... tokens) {
        Context context = sequence.context();
        requireFit(context, adapters);
        int length = sequence.length();
        int different = Arrays.mismatch(parts.tokens(), tokens);
        int common = Math.min(different < 0 ? tokens.length : different, length);
        NativeStateCopy copy = parts.bytes().beginContinuing(NativeHandles.of(context), sequence.id(), common);
        return taking(copy, parts.key(), length, tokens);
    }

    private static StateCopy taking(NativeStateCopy copy, String key, int length, int[] tokens) {
        int[] kept = tokens.clone();
        return new StateCopy(copy, bytes -> new SequenceState(new StateFormat.Parts(key, length, kept, bytes)));
    }

    /**
     * Describes what a state and a context must have in common, to tell without a state whether one would fit.
     *
     * @param context the context
     * @return lines of name, tab, value: llama.cpp's release, the model's fingerprint, number formats, layout and RoPE of the KV cache, LoRA
     *     adapters and control vector where there are any; equal for contexts that take each other's states
     */
    public static String key(Context context) {
        return key(context, context.adapters());
    }

    private static String key(Context context, LoraSet adapters) {
        return NativeState.key(NativeHandles.of(context)) + adapters.description();
    }

    void restore(Context context, LoraSet adapters, int sequence) {
        requireFit(context, adapters);
        parts.bytes().restore(NativeHandles.of(context), sequence, false);
    }

    StateCopy beginRestore(Context context, LoraSet adapters, int sequence) {
        requireFit(context, adapters);
        return new StateCopy(parts.bytes().beginRestore(NativeHandles.of(context), sequence), null);
    }

    private void requireFit(Context context, LoraSet adapters) {
        String present = key(context, adapters);
        if (!present.equals(parts.key())) {
            throw new SequenceStateException("the saved sequence does not fit " + context + ": "
                    + String.join("; ", differences(parts.key(), present)) + ". Decode its tokens again");
        }
    }

    private static List<String> differences(String saved, String present) {
        Map<String, String> before = lines(saved);
        Map<String, String> now = lines(present);
        Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(now.keySet());
        return names.stream()
                .filter(name -> !Objects.equals(before.get(name), now.get(name)))
                .map(name -> name + " was " + before.getOrDefault(name, "none") + " and is "
                        + now.getOrDefault(name, "none"))
                .toList();
    }

    private static Map<String, String> lines(String key) {
        Map<String, String> lines = new LinkedHashMap<>();
        key.lines().forEach(line -> {
            String[] parts = line.split("\t", 2);
            lines.put(parts[0], parts[parts.length - 1]);
        });
        return lines;
    }

    /** {@return the number of positions that the sequence had, 0 or more} */
    public int length() {
        return parts.length();
    }

    /** {@return a copy of the tokens that {@link Sequence#state(int...)} was given to keep with it} */
    public int[] tokens() {
        return parts.tokens().clone();
    }

    /**
     * How much memory llama.cpp's part takes.
     *
     * @return bytes
     * @throws IllegalStateException when it is closed
     */
    public long size() {
        return parts.bytes().size();
    }

    /**
     * Writes it to a stream, which stays open.
     *
     * @param out the stream
     * @throws IOException when writing fails
     * @throws SequenceStateException when it was computed with too many LoRA adapters to name, some hundreds
     */
    public void writeTo(OutputStream out) throws IOException {
        StateFormat.write(parts, out);
    }

    /**
     * Writes it to a file, which is replaced once everything is there and keeps its permissions; a new one is for its owner alone. A
     * symbolic link stays and its target is replaced; a device or a pipe is written to, as is a file that can only be changed in place (mounted by itself).
     *
     * @param file the file
     * @throws IOException when writing fails, or it is a directory; the file is as before unless it could only be changed in place
     */
    public void save(Path file) throws IOException {
        AtomicFile.write(file, this::writeTo);
    }

    /** {@return the bytes that {@link #writeTo} writes} */
    public byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /**
     * Reads one from a stream, up to its end and no further.
     *
     * @param in the stream; it stays open
     * @return the state, to be closed by the caller
     * @throws IOException when reading fails
     * @throws SequenceStateException when these are not the bytes of a saved sequence, or some are missing or changed
     */
    public static SequenceState read(InputStream in) throws IOException {
        return new SequenceState(StateFormat.read(NativeRuntime.api(), in));
    }

    /**
     * Reads one from a file.
     *
     * @param file the file
     * @return the state, to be closed by the caller
     * @throws IOException when reading fails
     * @throws SequenceStateException when it is not a saved sequence, or a part is missing or changed
     */
    public static SequenceState load(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return read(in);
        }
    }

    /**
     * Reads one from an array.
     *
     * @param bytes as {@link #toBytes} gave them
     * @return the state, to be closed by the caller
     * @throws SequenceStateException when these are not the bytes of a saved sequence, or some are missing or changed
     */
    public static SequenceState of(byte[] bytes) {
        try {
            return read(new ByteArrayInputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        parts.bytes().close();
    }

    @Override
    public String toString() {
        return "SequenceState[length=" + parts.length() + "]";
    }
}
