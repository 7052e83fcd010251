package dev.tokapu;

import dev.tokapu.exception.ModelLoadException;

/**
 * How a model file is tried before it is loaded. llama.cpp trusts model files: impossible numbers or tensors end the process. So
 * a file that is new to this machine is first loaded by a process of its own; when that process dies, the load throws a
 * {@link ModelLoadException}. The verdict is kept in the folder of {@code tokapu.cache.dir}; the next load of the file costs nothing.
 *
 * <p>{@code -Dtokapu.file.trial=none} (or {@code plan}, {@code compute}) replaces {@link #AUTO} in the whole JVM. Where processes cannot be
 * started, files are loaded without, and a line in the log says so.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public enum FileTrial {
    /** Not at all; only some numbers of the file are checked. */
    NONE,

    /** {@link #COMPUTE} for files of up to 64 MiB, {@link #PLAN} for larger ones, and once for a file only. */
    AUTO,

    /** The other process reads all but weights and vocabulary and plans a context, each time. */
    PLAN,

    /** The other process loads the file and computes two tokens, each time. */
    COMPUTE
}
