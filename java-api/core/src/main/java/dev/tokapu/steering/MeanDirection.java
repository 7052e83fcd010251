package dev.tokapu.steering;

/**
 * The mean, in the precision and the order of llama.cpp's {@code cvector-generator}, whose file it makes to the bit.
 *
 * <p>Thread safety: confined.
 */
final class MeanDirection implements Direction {

    private final float[] sum;
    private int count;

    MeanDirection(int width) {
        sum = new float[width];
    }

    @Override
    public void add(float[] values, int from) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += values[from + i];
        }
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
        for (int i = 0; i < mean.length; i++) {
            mean[i] /= length;
        }
        return mean;
    }
}
