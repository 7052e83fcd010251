package dev.tokapu.spark;

/** Rows of one kind, on one engine. */
interface RowCalls {

    /**
     * Begins a row.
     *
     * @param texts its texts, as many as the operation takes
     * @throws RuntimeException as {@link dev.tokapu.engine.Engine#submit} and {@code embed} do
     */
    RowCall begin(String... texts);
}
