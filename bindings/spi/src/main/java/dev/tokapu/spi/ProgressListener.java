package dev.tokapu.spi;

/** Receiver of load progress, called on the loading thread. */
@FunctionalInterface
public interface ProgressListener {

    /**
     * Takes the progress and says whether to go on. What it throws cancels the load, is kept by the binding and is thrown
     * again by the load call once the native frames are gone.
     *
     * @param progress 0.0 to 1.0
     * @return false to cancel the load
     */
    boolean progress(float progress);
}
