package dev.tokapu.engine;

import dev.tokapu.internal.util.Checks;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How an {@link Engine} keeps what it has computed for requests that begin with the same tokens: in the KV cache, and if it is told so in
 * host memory and on a disk.
 *
 * <p>Thread safety: immutable.
 *
 * @param enabled whether it keeps anything
 * @param sequences the number of kept sequences with {@link KvCacheLayout#UNIFIED}, in addition to the live ones, 0 to 255; with
 *     {@link KvCacheLayout#SPLIT} the idle sequences are kept
 * @param hostBytes host memory for what is evicted from the KV cache, in bytes; 0 for none
 * @param directory where prefixes are kept for the next start; null for nowhere
 * @param diskBytes what the files of the directory may take, in bytes
 * @param savesAll whether everything that is evicted is copied to host memory, not only what is measured to pay
 * @since 0.1
 */
public record PrefixCacheOptions(
        boolean enabled,
        int sequences,
        long hostBytes,
        @Nullable Path directory,
        long diskBytes,
        boolean savesAll) {

    private static final PrefixCacheOptions DEFAULTS = new PrefixCacheOptions(true, 32, 0, null, 0, false);
    private static final PrefixCacheOptions NONE = new PrefixCacheOptions(false, 0, 0, null, 0, false);

    /** Checks the values. */
    public PrefixCacheOptions {
        Checks.between("sequences", sequences, 0, 255);
        Checks.atLeast("hostBytes", hostBytes, 0);
        Checks.atLeast("diskBytes", diskBytes, 0);
        if (directory != null && hostBytes == 0) {
            throw new IllegalArgumentException("prefixes go through host memory to the directory " + directory
                    + ", and hostBytes is 0; call withHostMemory first");
        }
    }

    /** {@return the defaults: on, with 32 sequences, nothing in host memory and nothing on a disk} */
    public static PrefixCacheOptions defaults() {
        return DEFAULTS;
    }

    /** {@return nothing is kept} */
    public static PrefixCacheOptions none() {
        return NONE;
    }

    /**
     * The same with another number of sequences.
     *
     * @param value 0 to 255
     * @return the options
     */
    public PrefixCacheOptions withSequences(int value) {
        return new PrefixCacheOptions(enabled, value, hostBytes, directory, diskBytes, savesAll);
    }

    /**
     * The same with host memory: what is evicted from the KV cache is copied there, and back for a request that begins with it.
     *
     * @param bytes 0 or more, native memory beside the Java heap; it is taken as it is needed
     * @return the options
     */
    public PrefixCacheOptions withHostMemory(long bytes) {
        return new PrefixCacheOptions(enabled, sequences, bytes, directory, diskBytes, savesAll);
    }

    /**
     * The same with a directory: what is in host memory is written there, too, so that the next start has it. The files hold what users
     * said, in a form that others can read: they are for their owner alone.
     *
     * @param folder the directory, created if need be; one engine at a time has it
     * @param bytes what its files may take, 0 or more
     * @return the options
     * @throws IllegalArgumentException without host memory
     */
    public PrefixCacheOptions withDisk(Path folder, long bytes) {
        return new PrefixCacheOptions(
                enabled, sequences, hostBytes, Objects.requireNonNull(folder, "folder"), bytes, savesAll);
    }

    /**
     * The same with everything copied to host memory that is evicted from the KV cache. Without it, what one request alone used is copied
     * as often as that saves time: by what copying and computing take, and by how many of the copies are used again. With it, more is
     * there after a restart, and answers may wait for copies that nobody uses.
     *
     * @param value whether everything is copied; false unless it is set
     * @return the options
     */
    public PrefixCacheOptions withAllSaved(boolean value) {
        return new PrefixCacheOptions(enabled, sequences, hostBytes, directory, diskBytes, value);
    }
}
