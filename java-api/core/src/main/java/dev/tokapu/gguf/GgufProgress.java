package dev.tokapu.gguf;

/**
 * A listener to the writing or reading of a large file, which can also cancel it.
 *
 * <p>Thread safety: called on the thread that works, never at the same time by several.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface GgufProgress {

    /**
     * Takes the progress and says whether to go on. An exception cancels as well, and comes out of the call.
     *
     * @param done the bytes that are done
     * @param total the bytes in all
     * @return false to cancel: the call then throws {@link java.util.concurrent.CancellationException}, and leaves no file behind
     */
    boolean onProgress(long done, long total);

    /** {@return a listener that does nothing} */
    static GgufProgress none() {
        return (done, total) -> true;
    }
}
