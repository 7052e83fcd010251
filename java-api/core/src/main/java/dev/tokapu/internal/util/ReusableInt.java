package dev.tokapu.internal.util;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One reusable {@code int[1]} for out-parameters: no garbage while one thread at a time calls, correct with any number.
 *
 * <p>Thread safety: safe.
 */
public final class ReusableInt {

    private final AtomicReference<int @Nullable []> free = new AtomicReference<>(new int[1]);

    public ReusableInt() {}

    /**
     * Takes the array, or a new one while another thread has it.
     *
     * @return an array of one element of any value
     */
    public int[] take() {
        int[] array = free.getAndSet(null);
        return array == null ? new int[1] : array;
    }

    /**
     * Gives an array back.
     *
     * @param array what {@link #take} gave
     */
    public void giveBack(int[] array) {
        free.set(array);
    }
}
