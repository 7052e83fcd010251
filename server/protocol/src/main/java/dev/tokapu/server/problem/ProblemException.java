package dev.tokapu.server.problem;

import dev.tokapu.exception.TokapuException;
import org.jspecify.annotations.Nullable;

/**
 * A call cannot be answered; {@link #problem()} says why.
 *
 * <p>Thread safety: as {@link Throwable}.
 *
 * @since 0.1
 */
public class ProblemException extends TokapuException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    /**
     * Creates one.
     *
     * @param problem what is wrong
     */
    public ProblemException(Problem problem) {
        this(problem, null);
    }

    /**
     * Creates one.
     *
     * @param problem what is wrong
     * @param cause what led to it
     */
    public ProblemException(Problem problem, @Nullable Throwable cause) {
        super(problem.message(), cause);
        this.problem = problem;
    }

    /** {@return what is wrong} */
    public Problem problem() {
        return problem;
    }
}
