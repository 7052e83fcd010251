package dev.tokapu.testsupport;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How many of its cases a test tries: all of them with {@code mvn verify -Pthorough}, else enough of each kind to notice what
 * breaks. What llama.cpp computes does not depend on the binding: the run through JNI takes fewer than the one through FFM.
 */
public final class Thorough {

    private static final boolean ALL = Boolean.getBoolean("tokapu.test.thorough");
    private static final boolean JNI = "jni".equals(System.getProperty("tokapu.binding"));

    private Thorough() {}

    /** {@return the number of cases} */
    public static int cases(int all, int withFfm, int withJni) {
        if (ALL) {
            return all;
        }
        return Math.min(all, JNI ? withJni : withFfm);
    }

    /** {@return so many cases of a list, in its order and at equal distances, the first one among them} */
    public static <T> List<T> some(List<T> all, int withFfm, int withJni) {
        return spread(all, cases(all.size(), withFfm, withJni));
    }

    /** {@return the whole list, with JNI so many of its cases} */
    public static <T> List<T> some(List<T> all, int withJni) {
        return some(all, all.size(), withJni);
    }

    static <T> List<T> spread(List<T> all, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> all.get((int) ((long) i * all.size() / count)))
                .toList();
    }
}
