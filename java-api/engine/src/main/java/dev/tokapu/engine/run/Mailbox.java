package dev.tokapu.engine.run;

import dev.tokapu.engine.schedule.ScheduledRequest;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What others ask of the engine's thread, which takes it between two steps and sleeps here while there is nothing to do.
 *
 * <p>Thread safety: safe; {@link #drain} and {@link #await} are for the engine's thread.
 */
public final class Mailbox {

    /** Something that happens on the engine's thread. */
    public interface Command {

        /** Does it. */
        void apply(EngineLoop loop);

        /** Any thread: the loop is over and does nothing more. */
        default void refuse(EngineLoop loop, TokenChannel.Ending ending) {}

        /** Whether it cancels all of a request. */
        default boolean cancels(ScheduledRequest<?> request) {
            return false;
        }
    }

    /** How the loop is to end. */
    public enum Shutdown {
        NONE,
        DRAIN,
        NOW
    }

    private static final long LONGEST_SLEEP = 1_000_000_000L;

    private final Queue<Command> commands = new ConcurrentLinkedQueue<>();
    private volatile boolean sleeping;
    private volatile Shutdown shutdown = Shutdown.NONE;
    private volatile @Nullable Thread reader;

    /** The thread that reads it: the calling one. */
    void open() {
        reader = Thread.currentThread();
    }

    void add(Command command) {
        commands.add(command);
    }

    void wake() {
        Thread thread = reader;
        if (sleeping && thread != null) {
            LockSupport.unpark(thread);
        }
    }

    /** Has the loop end, when all is done or as soon as possible. */
    void shutDown(Shutdown how) {
        if (shutdown != Shutdown.NOW) {
            shutdown = how;
        }
        wake();
    }

    boolean isShutDown() {
        return shutdown == Shutdown.NOW;
    }

    /** Whether the loop is to end when nothing is left to do, and nothing has arrived. */
    boolean isDrained() {
        return shutdown == Shutdown.DRAIN && commands.isEmpty();
    }

    /** Does what has been asked for. What is asked meanwhile waits for the next time: however much others ask, there are steps. */
    void drain(EngineLoop loop) {
        for (int left = commands.size(); left > 0; left--) {
            commands.remove().apply(loop);
        }
    }

    /** Refuses what was asked for. */
    void refuse(EngineLoop loop, TokenChannel.Ending ending) {
        Command command = commands.poll();
        while (command != null) {
            command.refuse(loop, ending);
            command = commands.poll();
        }
    }

    /** Whether somebody asks to cancel all of a request. */
    boolean cancels(ScheduledRequest<?> request) {
        for (Command command : commands) {
            if (command.cancels(request)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Sleeps until something is asked for, though not for ever.
     *
     * @param deadline when to wake up at the latest; {@link Long#MAX_VALUE} for none
     */
    void await(long now, long deadline) {
        sleeping = true;
        if (commands.isEmpty() && shutdown == Shutdown.NONE) {
            long nanos = deadline == Long.MAX_VALUE ? LONGEST_SLEEP : Math.min(LONGEST_SLEEP, deadline - now);
            LockSupport.parkNanos(this, Math.max(1, nanos));
            Thread.interrupted(); // a sampler in Java may have left it; no sleep would last then
        }
        sleeping = false;
    }
}
