package dev.tokapu.tool;

import java.util.concurrent.Executor;

/** Threads that live as long as what they run. */
final class ToolThreads {

    static final Executor EXECUTOR = task -> start("tokapu-tool", task);

    private ToolThreads() {}

    static Thread start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
