package dev.tokapu.internal.natives;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The native handles of public objects, for the other packages. A class registers how to get at its handle when it is
 * initialized, which is before an instance exists.
 *
 * <p>Thread safety: safe.
 */
public final class NativeHandles {

    private static final Map<Class<?>, Function<Object, NativeHandle>> HANDLES = new ConcurrentHashMap<>();

    private NativeHandles() {}

    /**
     * Registers a class.
     *
     * @param handleOf the handle of an instance
     */
    public static <T> void register(Class<T> type, Function<T, NativeHandle> handleOf) {
        HANDLES.put(type, object -> handleOf.apply(type.cast(object)));
    }

    /**
     * The handle of an object.
     *
     * @param object an instance of a registered class
     */
    public static NativeHandle of(Object object) {
        Function<Object, NativeHandle> handleOf = HANDLES.get(object.getClass());
        if (handleOf == null) {
            throw new IllegalStateException(object + " has no native handle");
        }
        return handleOf.apply(object);
    }
}
