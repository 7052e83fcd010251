package dev.tokapu.spi;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The callbacks that native chains hold, by the numbers that C knows them by. Both bindings hand their one C function over to
 * {@link #call}.
 *
 * <p>Thread safety: safe. Finding a callback takes no lock and allocates nothing.
 */
public final class SamplerCallbacks {

    private static final int FAILED = -1;

    private static volatile @Nullable SamplerCallback[] held = new SamplerCallback[8];

    private SamplerCallbacks() {}

    /**
     * Takes a callback in.
     *
     * @param callback the callback
     * @return its number, until {@link #remove} or the event that frees it
     */
    public static synchronized long add(SamplerCallback callback) {
        @Nullable SamplerCallback[] before = held;
        int free = 0;
        while (free < before.length && before[free] != null) {
            free++;
        }
        // A copy, so that a thread that reads the array sees the callback in it.
        @Nullable SamplerCallback[] after = Arrays.copyOf(before, free < before.length ? before.length : 2 * free);
        after[free] = callback;
        held = after;
        return free;
    }

    /**
     * Forgets a callback.
     *
     * @param number its number
     */
    public static synchronized void remove(long number) {
        @Nullable SamplerCallback[] after = held.clone();
        after[(int) number] = null;
        held = after;
    }

    /**
     * How many there are.
     *
     * @return callbacks that native chains hold
     */
    public static int size() {
        return (int) Arrays.stream(held).filter(callback -> callback != null).count();
    }

    /**
     * Passes an event on; the one place where exceptions of callbacks end.
     *
     * @param number the callback, {@code user_data} in C
     * @param event {@code tokapu_sampler_event}
     * @param argument what the event is about
     * @return 0, the number of a copy, or a negative number for a failure
     */
    public static long call(long number, int event, long argument) {
        try {
            if (event == SamplerEvent.FREE) {
                remove(number);
                return 0;
            }
            SamplerCallback callback = held[(int) number];
            if (callback == null) {
                return FAILED;
            }
            switch (event) {
                case SamplerEvent.APPLY -> callback.apply((int) argument);
                case SamplerEvent.ACCEPT -> callback.accept((int) argument);
                case SamplerEvent.RESET -> callback.reset();
                case SamplerEvent.CLONE -> {
                    return add(callback.copy());
                }
                default -> {
                    return FAILED;
                }
            }
            return 0;
        } catch (Throwable t) {
            return FAILED;
        }
    }
}
