package dev.tokapu.server.disk;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a disk that fails means for a caller.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class DiskProblems {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.server.Server");

    private DiskProblems() {}

    /**
     * Logs why nothing could be written.
     *
     * @param failure what went wrong
     * @return what the caller is told
     */
    public static ProblemException notWritten(Throwable failure) {
        LOG.warn("The folder of files cannot be written: {}", failure.toString());
        return new ProblemException(
                Problem.of(
                                Kind.UNAVAILABLE,
                                "the server's disk is full or broken, and nothing was kept; its log says more")
                        .withCode("storage_failed"),
                failure);
    }
}
