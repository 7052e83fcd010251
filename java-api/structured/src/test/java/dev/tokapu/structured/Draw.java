package dev.tokapu.structured;

import java.util.List;
import java.util.Random;

/** Random choices. */
record Draw(Random random) {

    <T> T one(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** Whether it is one of n cases. */
    boolean in(int n) {
        return random.nextInt(n) == 0;
    }
}
