package dev.tokapu.engine.draft;

import java.util.Random;
import java.util.function.IntConsumer;

/** Users of a machine: one after another is replaced, or they come and go. */
final class SimulatedUsers {

    private SimulatedUsers() {}

    /**
     * Says how many there are, and has steps computed.
     *
     * @param users how many; below 0, as many at most, and they come and go
     * @param count is told how many there are from now on
     * @param step is told which one it is
     */
    static void run(int users, long seed, int steps, IntConsumer count, IntConsumer step) {
        Random random = new Random(seed);
        int now = Math.abs(users);
        for (int i = 0; i < steps; i++) {
            if (users < 0) {
                if (random.nextInt(8) == 0) {
                    now = Math.max(1, Math.min(-users, now + (random.nextBoolean() ? 1 : -1)));
                }
                count.accept(Math.max(0, now - 1));
            } else if (i % Math.max(1, 128 / users) == 0) {
                count.accept(now - 1);
            }
            count.accept(now);
            step.accept(i);
        }
    }
}
