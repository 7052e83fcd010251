package dev.tokapu.steering;

/**
 * The mean, in the precision and the order of llama.cpp's {@code cvector-generator}, whose file it makes to the bit.
 *
 * <p>Thread safety: confined.
 */
final class MeanDirection implements Direction {

    /** The relative error of a float sum, for a square root of the numbers that it is made of, on the safe side. */
    private static final double ROUNDING = 0x1p-22;

    private final float[] sum;
    private double lengths;
    private int count;

    MeanDirection(int width) {
        sum = new float[width];
    }

    @Override
    public void add(float[] values, int from) {
        double squares = 0;
        for (int i = 0; i < sum.length; i++) {
            float value = values[from + i];
            sum[i] += value;
            squares += (double) value * value;
        }
        lengths += Math.sqrt(squares);
        count++;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public float[] unit() {
        float[] mean = sum.clone();
        float squares = 0;
        for (int i = 0; i < mean.length; i++) {
            mean[i] /= count;
            squares += mean[i] * mean[i];
        }
        float length = (float) Math.sqrt(squares);
        if (length <= ROUNDING * Math.sqrt(count) * lengths / count) {
            throw new IllegalArgumentException(
                    "the differences between the prompts of the pairs cancel one another out: their"
                            + " mean is 0; put what the vector is to lead to first in each pair");
        }
        for (int i = 0; i < mean.length; i++) {
            mean[i] /= length;
        }
        return mean;
    }
}
