package dev.tokapu.steering;

/**
 * What becomes of the differences that one layer makes.
 *
 * <p>Thread safety: confined.
 */
interface Direction {

    /**
     * Adds the difference at a token.
     *
     * @param values holds it from {@code from} on
     */
    void add(float[] values, int from);

    /** {@return how many were added} */
    int count();

    /**
     * The direction.
     *
     * @return of length 1
     * @throws IllegalArgumentException when the differences have none
     */
    float[] unit();
}
