package dev.tokapu.server.http;

import java.nio.file.Path;

/**
 * Where the file of a form goes while it arrives, so that it is never in memory as a whole.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public interface Upload extends AutoCloseable {

    /** {@return the file to write, which does not exist yet; its owner alone may read it} */
    Path file();

    /**
     * Counts bytes before they are written.
     *
     * @param bytes how many come next
     * @throws dev.tokapu.server.problem.ProblemException when there is no room for them
     */
    void more(int bytes);

    /** Ends it: what was not kept is removed. It does not wait. Idempotent. */
    @Override
    void close();
}
