package dev.tokapu.gguf;

import dev.tokapu.internal.util.Uninterrupted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Changes of the metadata of a GGUF file. Where the new metadata takes as much room as the old one up to the alignment, as with numbers,
 * only the bytes that differ are written into the file; otherwise a new file is written beside it and moved into its place.
 *
 * <p>A model that is loaded keeps what it has read. Nobody else may write the file meanwhile.
 *
 * <p>Thread safety: confined to one thread at a time.
 *
 * @since 0.1
 */
public final class GgufEdit {

    private final Path path;
    private final GgufFile file;
    private final GgufBuilder builder = new GgufBuilder();

    /**
     * What {@link #apply()} did.
     *
     * <p>Thread safety: immutable.
     *
     * @since 0.1
     */
    public enum Outcome {
        /** The file has these values already. */
        UNCHANGED,

        /** Some bytes of the file were overwritten. */
        IN_PLACE,

        /** A new file has taken its place. */
        REWRITTEN
    }

    private GgufEdit(Path path) {
        this.path = path;
        file = GgufFile.open(path);
        builder.putAll(file);
        file.tensors().forEach(tensor -> builder.tensor(path, tensor));
    }

    /**
     * Begins to change a file.
     *
     * @param path the file; of a split model, the first one
     * @return the changes, none yet
     * @throws GgufException when it is missing, no GGUF file or damaged
     */
    public static GgufEdit of(Path path) {
        return new GgufEdit(path);
    }

    /** {@return the file as it was} */
    public GgufFile file() {
        return file;
    }

    /**
     * Sets a value. A new key comes last, an old one keeps its place.
     *
     * @param key its key
     * @param value its value
     * @return this
     */
    public GgufEdit set(String key, MetadataValue value) {
        builder.put(key, value);
        return this;
    }

    /**
     * Removes a value, if there is one of that key.
     *
     * @param key its key
     * @return this
     */
    public GgufEdit remove(String key) {
        builder.remove(key);
        return this;
    }

    /**
     * Writes the changes.
     *
     * @return what that took
     * @throws GgufException when the file cannot be written; if it had to be rewritten, it is as before
     */
    public Outcome apply() {
        return apply(GgufProgress.none());
    }

    /**
     * Writes the changes.
     *
     * @param progress is told how far a new file is
     * @return what that took
     * @throws GgufException when the file cannot be written; if it had to be rewritten, it is as before
     * @throws java.util.concurrent.CancellationException when the listener asked to stop; the file is as before
     */
    public Outcome apply(GgufProgress progress) {
        if (Files.isSymbolicLink(path)) {
            throw new GgufException(
                    path + " is a symbolic link, and others may know the file that it names by its content;"
                            + " edit that file or a copy");
        }
        byte[] head = builder.head();
        AtomicBoolean changed = new AtomicBoolean();
        try {
            Outcome outcome = Uninterrupted.use(
                    path,
                    channel -> inPlace(channel, head, changed),
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            if (outcome != Outcome.REWRITTEN) {
                return outcome;
            }
        } catch (IOException e) {
            throw new GgufException(path + " cannot be written: " + GgufBuilder.reason(e), e);
        }
        builder.write(path, progress);
        return Outcome.REWRITTEN;
    }

    /** Writes what differs, or says that the file has to be rewritten; after an interrupt once more, from what is there then. */
    private Outcome inPlace(FileChannel channel, byte[] head, AtomicBoolean changed) throws IOException {
        if (head.length != file.dataOffset() || head.length > channel.size()) {
            return Outcome.REWRITTEN;
        }
        byte[] old = read(channel, head.length);
        int from = Arrays.mismatch(head, old);
        if (from < 0) {
            if (!changed.get()) {
                return Outcome.UNCHANGED;
            }
            channel.force(false); // the interrupt came when all was written
            return Outcome.IN_PLACE;
        }
        if (!changed.get() && !sameTensors(head)) {
            return Outcome.REWRITTEN;
        }
        changed.set(true);
        write(channel, head, old, from);
        return Outcome.IN_PLACE;
    }

    private static byte[] read(FileChannel channel, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        GgufReader.fill(bytes, channel, 0, "it");
        return bytes.array();
    }

    /** Whether tensors of the new head are where the data is: a file may have gaps, which the new head has not. */
    private boolean sameTensors(byte[] head) {
        long offset = head.length;
        for (TensorInfo tensor : file.tensors()) {
            if (tensor.offset() != offset) {
                return false;
            }
            offset += GgufFile.align(tensor.bytes(), builder.alignment());
        }
        return true;
    }

    private static void write(FileChannel channel, byte[] head, byte[] old, int from) throws IOException {
        int to = head.length;
        while (head[to - 1] == old[to - 1]) {
            to--;
        }
        ByteBuffer changed = ByteBuffer.wrap(head, from, to - from);
        while (changed.hasRemaining()) {
            channel.write(changed, changed.position());
        }
        channel.force(false);
    }
}
