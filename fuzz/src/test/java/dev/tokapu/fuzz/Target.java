package dev.tokapu.fuzz;

import dev.tokapu.exception.TokapuException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.CancellationException;

/**
 * What random cases are tried on. A case is made of the numbers of its {@link Random} alone, so that it can be repeated.
 *
 * <p>Thread safety: for one thread.
 */
interface Target extends AutoCloseable {

    /**
     * Runs one case.
     *
     * @param number the number of the case
     * @param random where the case comes from
     * @return a word for what happened, which is counted
     * @throws IOException when a file of the case cannot be written
     */
    String run(long number, Random random) throws IOException;

    @Override
    void close();

    /** The target of this name. */
    static Target open(String name, Path folder) throws IOException {
        return switch (name) {
            case "adapters" -> new AdapterTarget(folder);
            case "answers" -> new AnswerTarget(folder);
            case "files" -> new FileTarget(folder);
            case "texts" -> new TextTarget();
            case "templates" -> new TemplateTarget(folder);
            case "calls" -> new CallTarget(folder);
            case "faulty" -> new FaultyTarget();
            default -> throw new IllegalArgumentException("no target " + name);
        };
    }

    /** The word for an exception that a caller may get; anything else is a fault of the library. */
    static String word(Throwable e) {
        if (e instanceof TokapuException
                || e instanceof IllegalArgumentException
                || e instanceof IllegalStateException
                || e instanceof IndexOutOfBoundsException
                || e instanceof UnsupportedOperationException
                || e instanceof NullPointerException
                || e instanceof NoSuchElementException
                || e instanceof CancellationException
                || e instanceof IOException
                || e instanceof UncheckedIOException
                || e instanceof OutOfMemoryError) {
            return e.getClass().getSimpleName();
        }
        throw new AssertionError("a fault of the library: " + e, e);
    }
}
