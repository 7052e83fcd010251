package dev.tokapu.cli;

import dev.tokapu.LoadProgress;
import org.jspecify.annotations.Nullable;

/** Shows how much of a model is loaded, once that takes longer than a person notices. */
final class LoadBar implements LoadProgress {

    private static final long SILENT_NANOS = 300_000_000L;

    private final @Nullable Console console;
    private final String title;
    private final Interrupt interrupt;
    private final long start = System.nanoTime();
    private int shown = -1;

    /** Without a console it shows nothing and only lets ctrl-C end the load. */
    LoadBar(@Nullable Console console, String title, Interrupt interrupt) {
        this.console = console;
        this.title = title;
        this.interrupt = interrupt;
    }

    @Override
    public boolean onProgress(float fraction) {
        int percent = (int) (fraction * 100);
        if (console != null && percent != shown && System.nanoTime() - start > SILENT_NANOS) {
            shown = percent;
            console.noteInline("\r" + title + ' ' + percent + " %");
        }
        return !interrupt.isRequested();
    }

    void clear() {
        if (console != null && shown >= 0) {
            console.noteInline("\r\u001b[K");
        }
    }
}
