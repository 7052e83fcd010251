package dev.tokapu.internal.util;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread at a time into an object and throws at a second one.
 *
 * <p>Thread safety: safe.
 */
public final class ThreadGuard {

    private final String name;
    private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();
    private int depth;

    /**
     * Creates one.
     *
     * @param name the object as messages name it
     */
    public ThreadGuard(String name) {
        this.name = name;
    }

    /**
     * Enters; {@link #leave} must follow. The same thread may enter again.
     *
     * @throws IllegalStateException when another thread is inside
     */
    public void enter() {
        if (!tryEnter()) {
            Thread other = owner.get();
            throw new IllegalStateException(name + " is in use by "
                    + (other == null ? "another thread" : "thread '" + other.getName() + "'") + " while thread '"
                    + Thread.currentThread().getName()
                    + "' calls it; let one thread at a time use it, for example by giving each thread its own");
        }
    }

    /**
     * Enters if no other thread is inside.
     *
     * @return whether it entered; {@link #leave} must follow then
     */
    public boolean tryEnter() {
        Thread current = Thread.currentThread();
        if (owner.get() != current && !owner.compareAndSet(null, current)) {
            return false;
        }
        depth++;
        return true;
    }

    /** Does something inside. */
    public <T extends @Nullable Object, E extends Exception> T call(Call<T, E> action) throws E {
        enter();
        try {
            return action.call();
        } finally {
            leave();
        }
    }

    /** Does something inside. */
    public <E extends Exception> void run(Run<E> action) throws E {
        enter();
        try {
            action.run();
        } finally {
            leave();
        }
    }

    /** What is done inside, with a result. */
    @FunctionalInterface
    public interface Call<T extends @Nullable Object, E extends Exception> {

        T call() throws E;
    }

    /** What is done inside. */
    @FunctionalInterface
    public interface Run<E extends Exception> {

        void run() throws E;
    }

    public void leave() {
        if (--depth == 0) {
            owner.set(null);
        }
    }
}
