package dev.tokapu.steering;

import dev.tokapu.internal.util.VectorMath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The first principal component of differences that are not centred, by power iteration, as llama.cpp's {@code cvector-generator} finds it. That
 * begins somewhere else each time, so its sign is a matter of luck; here it is that of the mean.
 *
 * <p>Thread safety: confined.
 */
final class PrincipalDirection implements Direction {

    private static final int MOST_STEPS = 1000;
    private static final double TOLERANCE = 1e-7;

    private final int width;
    private final List<float[]> rows = new ArrayList<>();

    PrincipalDirection(int width) {
        this.width = width;
    }

    @Override
    public void add(float[] values, int from) {
        rows.add(Arrays.copyOfRange(values, from, from + width));
    }

    @Override
    public int count() {
        return rows.size();
    }

    @Override
    public float[] unit() {
        // The rows X have the component v with X'X v = s v. Where there are fewer rows than columns, XX' u = s u is
        // smaller, and v = X'u.
        boolean few = rows.size() < width;
        double[] found = few ? combined(dominant(products(rows))) : dominant(products(columns()));
        double[] sum = new double[width];
        rows.forEach(row -> VectorMath.add(sum, row, 1));
        double length = Math.sqrt(dot(found, found));
        double factor = (dot(found, sum) < 0 ? -1 : 1) / length;
        float[] unit = new float[width];
        for (int i = 0; i < width; i++) {
            unit[i] = (float) (found[i] * factor);
        }
        return unit;
    }

    private List<float[]> columns() {
        List<float[]> columns = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            float[] column = new float[rows.size()];
            for (int row = 0; row < column.length; row++) {
                column[row] = rows.get(row)[i];
            }
            columns.add(column);
        }
        return columns;
    }

    /** The product of each with each. */
    private static double[][] products(List<float[]> vectors) {
        double[][] products = new double[vectors.size()][vectors.size()];
        for (int i = 0; i < products.length; i++) {
            for (int j = 0; j <= i; j++) {
                products[i][j] = VectorMath.dot(vectors.get(i), vectors.get(j));
                products[j][i] = products[i][j];
            }
        }
        return products;
    }

    private double[] combined(double[] weights) {
        double[] sum = new double[width];
        for (int row = 0; row < weights.length; row++) {
            VectorMath.add(sum, rows.get(row), weights[row]);
        }
        return sum;
    }

    /** The eigenvector with the largest eigenvalue, of length 1. */
    private static double[] dominant(double[][] matrix) {
        SplittableRandom random = new SplittableRandom(0); // the same each time
        double[] vector = random.doubles(matrix.length).toArray();
        normalize(vector);
        for (int step = 0; step < MOST_STEPS; step++) {
            double[] next = new double[vector.length];
            for (int i = 0; i < next.length; i++) {
                next[i] = dot(matrix[i], vector);
            }
            normalize(next);
            double distance = 0;
            for (int i = 0; i < next.length; i++) {
                distance += (next[i] - vector[i]) * (next[i] - vector[i]);
            }
            vector = next;
            if (Math.sqrt(distance) < TOLERANCE) {
                break;
            }
        }
        return vector;
    }

    private static void normalize(double[] vector) {
        double length = Math.sqrt(dot(vector, vector));
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= length;
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
