package dev.tokapu;

/**
 * How the bytes of a model get from its file into memory (llama.cpp: {@code llama_load_mode}).
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public enum LoadMode {
    /** Whatever suits the devices: mapping on the CPU. */
    AUTO(-1),

    /** Read into memory. Slower to start; the file may change or vanish afterwards. */
    NONE(0),

    /** Map the file. Pages are read when they are needed and shared between processes; the file must not be truncated. */
    MMAP(1),

    /** Read into memory that the system must not swap out. */
    MLOCK(2),

    /** Map the file and keep it in memory. */
    MMAP_MLOCK(3),

    /** Read past the cache of the operating system. */
    DIRECT_IO(4);

    private final int code;

    LoadMode(int code) {
        this.code = code;
    }

    /** The value of {@code llama_load_mode}. */
    int code() {
        return code;
    }
}
