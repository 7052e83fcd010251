package dev.tokapu.examples.rag;

/** What H2 calls; it has arrays, but nothing that compares them as vectors. */
public final class H2Functions {

    private H2Functions() {}

    /** The product of two vectors: of length 1, it is the cosine of their angle. */
    public static float product(Float[] a, Float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException("vectors of " + a.length + " and of " + b.length
                    + " numbers: the passages are from another model, ingest them again");
        }
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
