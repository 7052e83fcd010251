package dev.tokapu.internal.natives;

import dev.tokapu.spi.NativeApi;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner of one native id: counts the calls that are inside, frees the native object when it is closed and the last call
 * has returned, and frees what was forgotten.
 *
 * <p>Every call is {@code long id = handle.acquire(); try { ... } finally { handle.release(); }}. Neither allocates. A
 * shared handle lets any number of threads inside; a confined one lets in one at a time and throws at the second, which is
 * one compare-and-set on the counter that exists anyway.
 *
 * <p>{@link #close} never waits: it interrupts the call that is inside where that is possible, and the thread that leaves
 * last frees. Ids are never reused by the library, so that a call with a stale one is an error, not a crash.
 *
 * <p>A handle that becomes unreachable without having been closed is closed by a {@link Cleaner}, with one warning that names
 * it. {@code -Dtokapu.track=true} adds where it was opened, and to use after close where it was closed.
 *
 * <p>Thread safety: safe.
 */
public final class NativeHandle implements AutoCloseable {

    /** A function of {@link NativeApi} on one id. */
    @FunctionalInterface
    public interface Call {

        /** Calls it. */
        int on(NativeApi api, long id);
    }

    /** A function that writes text about the object of an id. */
    @FunctionalInterface
    public interface TextCall {

        int into(long id, byte[] buf, int[] length);
    }

    private static final Logger LOG = LoggerFactory.getLogger(NativeHandle.class);
    private static final Cleaner CLEANER = Cleaner.create();
    private static final boolean TRACK = Boolean.getBoolean("tokapu.track");

    /** This bit of the counter says closed, the others count the calls inside. */
    private static final int CLOSED = Integer.MIN_VALUE;

    private final State state;
    private final Cleaner.Cleanable cleanable;

    private NativeHandle(State state) {
        this.state = state;
        this.cleanable = CLEANER.register(this, state);
    }

    /**
     * Owns the id of an object that threads may share.
     *
     * @param name the object as messages name it, for example {@code Model 'x.gguf'}
     */
    public static NativeHandle shared(NativeApi api, long id, String name, Call free) {
        return new NativeHandle(new State(api, id, name, false, free, null));
    }

    /** As {@link #shared}, of an object that is small and may be forgotten: the garbage collector frees it without a warning. */
    public static NativeHandle forgettable(NativeApi api, long id, String name, Call free) {
        NativeHandle handle = shared(api, id, name, free);
        handle.state.forgettable = true;
        return handle;
    }

    /**
     * Owns the id of an object that one thread at a time may use.
     *
     * @param name the object as messages name it
     * @param interrupt makes a running call return early, called on another thread; null when nothing can
     */
    public static NativeHandle confined(NativeApi api, long id, String name, Call free, @Nullable Call interrupt) {
        return new NativeHandle(new State(api, id, name, true, free, interrupt));
    }

    /** {@return the functions that the id is for} */
    public NativeApi api() {
        return state.api;
    }

    /** {@return the object as messages name it} */
    public String name() {
        return state.name;
    }

    /**
     * Enters; {@link #release} must follow.
     *
     * @throws IllegalStateException when it is closed, or confined and another thread is inside
     */
    public long acquire() {
        state.enter();
        return state.id;
    }

    public void release() {
        state.leave();
    }

    /**
     * Calls a function and throws the exception that fits its status. It allocates; hot paths acquire and release themselves.
     *
     * @param action what is tried, for example {@code reading logits}
     * @param function takes the native id and returns a status
     */
    public void call(String action, LongToIntFunction function) {
        long id = acquire();
        try {
            check(function.applyAsInt(id), action);
        } finally {
            release();
        }
    }

    /**
     * Calls a function that writes text.
     *
     * @param action what is tried, for example {@code describing it}
     * @param function writes UTF-8 and its length, and returns a status
     */
    public String text(String action, TextCall function) {
        long id = acquire();
        try {
            return NativeErrors.text(state.api, action, state.name, (buf, length) -> function.into(id, buf, length));
        } finally {
            release();
        }
    }

    /** {@return the id for a call that is harmless when the object is closed or busy, such as an abort} */
    public long unguardedId() {
        return state.id;
    }

    /** {@return whether it is closed} */
    public boolean isClosed() {
        return state.users.get() < 0;
    }

    /**
     * Throws the exception that fits a status.
     *
     * @param status a status of the header
     * @param action what was tried, for example {@code decode}
     */
    public void check(int status, String action) {
        if (status < 0) {
            throw NativeErrors.failure(state.api, status, action, state.name);
        }
    }

    /** {@return the exception for the use of a closed object} */
    public IllegalStateException closedException() {
        return state.closedException();
    }

    @Override
    public void close() {
        state.close();
        cleanable.clean();
    }

    @Override
    public String toString() {
        return state.name + (isClosed() ? " (closed)" : "");
    }

    /** What outlives the handle: it must never refer to it. */
    private static final class State implements Runnable {

        private final NativeApi api;
        private final long id;
        private final String name;
        private final boolean confined;
        private final Call free;
        private final @Nullable Call interrupt;
        private final @Nullable Throwable opened;
        private final AtomicInteger users = new AtomicInteger();
        private volatile @Nullable Throwable closedAt;
        private @Nullable Thread inside;
        private volatile boolean forgettable;

        State(NativeApi api, long id, String name, boolean confined, Call free, @Nullable Call interrupt) {
            this.api = api;
            this.id = id;
            this.name = name;
            this.confined = confined;
            this.free = free;
            this.interrupt = interrupt;
            this.opened = TRACK ? new Throwable("opened here") : null;
        }

        void enter() {
            int seen = users.get();
            while (seen < 0 || (confined && seen > 0) || !users.compareAndSet(seen, seen + 1)) {
                if (seen < 0) {
                    throw closedException();
                }
                if (confined && seen > 0) {
                    throw busyException();
                }
                seen = users.get();
            }
            if (confined) {
                inside = Thread.currentThread();
            }
        }

        void leave() {
            if (confined) {
                inside = null;
            }
            if (users.decrementAndGet() == CLOSED) {
                free();
            }
        }

        void close() {
            int seen = users.getAndUpdate(count -> count | CLOSED);
            if (seen < 0) {
                return;
            }
            if (TRACK) {
                closedAt = new Throwable("closed here");
            }
            if (seen == 0) {
                free();
            } else if (interrupt != null) {
                interrupt.on(api, id);
            }
        }

        private void free() {
            int status = free.on(api, id);
            if (status < 0) {
                LOG.warn("{} could not be freed: {}", name, NativeErrors.lastError(api));
            }
        }

        IllegalStateException closedException() {
            return new IllegalStateException(name + " is closed", closedAt);
        }

        private IllegalStateException busyException() {
            Thread other = inside;
            if (other == Thread.currentThread()) {
                return new IllegalStateException(
                        name + " is in use further up in this call; a sampler in Java cannot use the"
                                + " chain and the context that run it, but it can use others");
            }
            return new IllegalStateException(name + " is in use by "
                    + (other == null ? "another thread" : "thread '" + other.getName() + "'") + " while thread '"
                    + Thread.currentThread().getName() + "' calls it; let one thread at a time use it, for example by"
                    + " giving each thread its own");
        }

        /** The cleaner's action: after an explicit close there is nothing left to do. */
        @Override
        public void run() {
            if (users.get() >= 0) {
                if (!forgettable) {
                    LOG.warn(
                            "{} was never closed; its native memory is freed now. Use try-with-resources{}",
                            name,
                            TRACK ? "" : ", and -Dtokapu.track=true to see where it was opened",
                            opened);
                }
                close();
            }
        }
    }
}
