package dev.tokapu.testsupport;

import java.util.Arrays;
import java.util.Random;

/**
 * A model file so far: tensors of random numbers and constants.
 *
 * <p>Thread safety: confined to one thread.
 */
record TinyTensors(GgufWriter writer, Random random) {

    void random(String name, float scale, int... shape) {
        float[] data = new float[size(shape)];
        for (int i = 0; i < data.length; i++) {
            data[i] = (random.nextFloat() * 2 - 1) * scale;
        }
        add(name, shape, data);
    }

    void ones(String name, int width) {
        filled(name, 1, width);
    }

    void filled(String name, float value, int... shape) {
        float[] data = new float[size(shape)];
        Arrays.fill(data, value);
        add(name, shape, data);
    }

    private void add(String name, int[] shape, float[] data) {
        writer.tensor(name, Arrays.stream(shape).asLongStream().toArray(), data);
    }

    private static int size(int[] shape) {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }
}
