package dev.tokapu.spark;

import java.util.concurrent.CompletableFuture;

/** A row that an engine computes. */
interface RowCall {

    /** {@return what ends with it} */
    CompletableFuture<?> end();

    /** {@return its result, once it has ended without a failure} */
    RowResult result();

    /** Ends it. */
    void cancel();

    /** {@return a row that has its result already} */
    static RowCall ended(RowResult result) {
        return new RowCall() {
            @Override
            public CompletableFuture<?> end() {
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public RowResult result() {
                return result;
            }

            @Override
            public void cancel() {
                // It has ended.
            }
        };
    }
}
