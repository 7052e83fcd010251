package dev.tokapu.structured;

import dev.tokapu.exception.TokapuException;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Runs what recurses with the length or the depth of a text, so that the stack of the caller, which may be small, does not
 * matter.
 *
 * <p>Thread safety: safe.
 */
final class DeepStack {

    /** Of memory only what is used counts. */
    private static final long STACK_SIZE = 512L << 20;

    private DeepStack() {}

    /** A text is too long or too deep for any stack. */
    static final class ExhaustedException extends TokapuException {

        private static final long serialVersionUID = 1L;

        ExhaustedException(StackOverflowError cause) {
            super("it is too long or too deep for any stack", cause);
        }
    }

    /** Something to do. */
    interface Work<T extends @Nullable Object, E extends Exception> {
        T run() throws E;
    }

    /**
     * Runs something on a large stack and waits for it, interrupted or not.
     *
     * @throws E what the work throws
     * @throws ExhaustedException when even that stack was not enough
     */
    static <T extends @Nullable Object, E extends Exception> T call(Work<T, E> work) throws E {
        FutureTask<T> task = new FutureTask<>(work::run);
        Thread thread = new Thread(null, task, "tokapu-parse", STACK_SIZE);
        thread.setDaemon(true);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw DeepStack.<E>failure(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the work throws nothing else
    private static <E extends Exception> E failure(@Nullable Throwable cause) {
        if (cause instanceof StackOverflowError overflow) {
            throw new ExhaustedException(overflow);
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return (E) Objects.requireNonNull(cause);
    }
}
