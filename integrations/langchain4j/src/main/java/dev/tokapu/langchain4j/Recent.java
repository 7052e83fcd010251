package dev.tokapu.langchain4j;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What was made of the last keys: applications send the same schemas again and again, and a large one takes milliseconds.
 *
 * <p>Thread safety: safe; two threads may make the same value.
 */
final class Recent<K, V> {

    private static final int MOST = 128;

    private final Function<K, V> maker;
    private final Map<K, V> values = new LinkedHashMap<>(MOST, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > MOST;
        }
    };

    Recent(Function<K, V> maker) {
        this.maker = maker;
    }

    V of(K key) {
        V value;
        synchronized (values) {
            value = values.get(key);
        }
        if (value == null) {
            value = maker.apply(key);
            synchronized (values) {
                values.put(key, value);
            }
        }
        return value;
    }
}
