package dev.tokapu.server.caller;

/**
 * What a caller may do beyond asking models. A key of a file has a right only if its line says so.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum Right {
    /** To look into the process, by flight recordings. */
    ADMIN,

    /** To have models downloaded, where the server allows that. */
    PULL
}
