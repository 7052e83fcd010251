package dev.tokapu.tool;

import dev.tokapu.internal.util.Durations;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Things to do later, on the JDK's own thread for that. */
final class Timers {

    private Timers() {}

    /** Does something after a time, unless what this returns is cancelled. */
    static CompletableFuture<?> after(Duration time, Runnable task) {
        CompletableFuture<Boolean> timer = new CompletableFuture<>();
        var unused = timer.thenRun(task);
        return timer.completeOnTimeout(true, Durations.of(time), TimeUnit.NANOSECONDS);
    }
}
