package dev.tokapu.internal.util;

import java.util.Arrays;

/** Arithmetic of embeddings: sums in double precision. */
public final class VectorMath {

    private VectorMath() {}

    /**
     * What is given of a vector that a model made.
     *
     * @param vector the vector; it may be changed
     * @param dimensions how many of its first numbers are given; 0 for all
     * @param normalized whether it is brought to length 1; a vector of zeros stays one
     * @return the vector, or its beginning
     */
    public static float[] finished(float[] vector, int dimensions, boolean normalized) {
        float[] result = dimensions == 0 || dimensions >= vector.length ? vector : Arrays.copyOf(vector, dimensions);
        if (normalized) {
            double length = Math.sqrt(dot(result, result));
            for (int i = 0; i < result.length && length > 0; i++) {
                result[i] = (float) (result[i] / length);
            }
        }
        return result;
    }

    /** The scalar product of two vectors of one size. */
    public static double dot(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException(
                    "the vectors have " + a.length + " and " + b.length + " dimensions; compare vectors of one model");
        }
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    /** Adds a multiple of a vector to a sum. */
    public static void add(double[] sum, float[] vector, double times) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += vector[i] * times;
        }
    }

    /** A sum divided by what was counted. */
    public static float[] mean(double[] sum, double count) {
        float[] mean = new float[sum.length];
        for (int i = 0; i < sum.length; i++) {
            mean[i] = (float) (sum[i] / count);
        }
        return mean;
    }
}
