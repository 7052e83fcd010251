package dev.tokapu.testsupport;

import org.jspecify.annotations.Nullable;

/**
 * A system property with a value of its own until {@link #close()}, which puts back the one it had.
 *
 * <p>Thread safety: for one thread.
 */
public final class ChangedProperty implements AutoCloseable {

    private final String name;
    private final @Nullable String before;

    private ChangedProperty(String name, String value) {
        this.name = name;
        before = System.setProperty(name, value);
    }

    /** Sets a property. */
    public static ChangedProperty set(String name, String value) {
        return new ChangedProperty(name, value);
    }

    @Override
    public void close() {
        if (before == null) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, before);
        }
    }
}
