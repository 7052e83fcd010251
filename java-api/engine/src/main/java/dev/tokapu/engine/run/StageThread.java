package dev.tokapu.engine.run;

import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A thread behind the one that decodes. It knows whether it runs users' code: closing an engine waits longer for threads that do not.
 *
 * <p>Thread safety: safe.
 */
public final class StageThread extends Thread {

    private volatile boolean runsUserCode;

    private StageThread(Runnable task, String name) {
        super(task, name);
        setDaemon(true);
    }

    /** Makes threads with a common name; the set holds all that live, and some that have ended. */
    static ThreadFactory factory(String name, Set<StageThread> alive) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            StageThread thread = new StageThread(task, name + '-' + count.incrementAndGet());
            alive.removeIf(known -> known.getState() == State.TERMINATED);
            alive.add(thread);
            return thread;
        };
    }

    boolean runsUserCode() {
        return runsUserCode;
    }

    /** Runs what a user handed in. */
    static void runUserCode(Runnable task) {
        boolean before = userCodeBegins();
        try {
            task.run();
        } finally {
            userCodeEnds(before);
        }
    }

    /** What follows on this thread is a user's; returns what {@link #userCodeEnds} is to be given. */
    public static boolean userCodeBegins() {
        return Thread.currentThread() instanceof StageThread thread && thread.mark(true);
    }

    public static void userCodeEnds(boolean before) {
        if (Thread.currentThread() instanceof StageThread thread) {
            thread.mark(before);
        }
    }

    private boolean mark(boolean value) {
        boolean before = runsUserCode;
        runsUserCode = value;
        return before;
    }
}
