package dev.tokapu.spi;

import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/** A {@link NativeApi} without native code: one handler answers all functions. */
public final class FakeNativeApi {

    /** What the functions do. */
    @FunctionalInterface
    public interface Handler {

        /** Answers a function, for example {@code system.lastError}. */
        int call(String function, Object[] arguments);
    }

    private FakeNativeApi() {}

    public static NativeApi of(Handler handler) {
        RecordComponent[] topics = NativeApi.class.getRecordComponents();
        Class<?>[] types = Arrays.stream(topics).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] proxies =
                Arrays.stream(topics).map(topic -> proxy(topic, handler)).toArray();
        try {
            return NativeApi.class.getConstructor(types).newInstance(proxies);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static Object proxy(RecordComponent topic, Handler handler) {
        return Proxy.newProxyInstance(
                NativeApi.class.getClassLoader(),
                new Class<?>[] {topic.getType()},
                (proxy, method, arguments) -> handler.call(topic.getName() + '.' + method.getName(), arguments));
    }
}
