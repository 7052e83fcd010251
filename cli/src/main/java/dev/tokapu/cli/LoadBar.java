package dev.tokapu.cli;

import dev.tokapu.LoadProgress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Shows how much of a load, or of other long work, is done, once it takes longer than a person notices. */
final class LoadBar implements LoadProgress {

    private static final long SILENT_NANOS = 300_000_000L;

    private final @Nullable Console console;
    private String title;
    private final Interrupt interrupt;
    private final long start = System.nanoTime();
    private int shown = -1;
    private volatile boolean givenUp;

    /** Where it is to be quiet or nobody waits at a terminal, it shows nothing and only lets ctrl-C end the work. */
    LoadBar(Console console, boolean quiet, String title, Interrupt interrupt) {
        this.console = !quiet && console.errorIsTerminal() ? console : null;
        this.title = title;
        this.interrupt = interrupt;
    }

    @Override
    public boolean onProgress(float fraction) {
        if (givenUp) {
            return false;
        }
        int percent = (int) (fraction * 100);
        if (console != null && percent != shown && System.nanoTime() - start > SILENT_NANOS) {
            shown = percent;
            console.status(title + ' ' + percent + " %");
        }
        return !interrupt.isRequested();
    }

    /** Shows at once that the work begins, where its first part may take long. */
    LoadBar begin() {
        if (console != null) {
            shown = 0;
            console.status(title + " 0 %");
        }
        return this;
    }

    /** The same, for what follows. */
    LoadBar next(String work) {
        clear();
        title = work;
        return this;
    }

    /** Does the work, which tells this its progress and so ends when ctrl-C asks for it. */
    <T> T during(Supplier<T> work) {
        return during(() -> {}, work);
    }

    /** Does the work; {@code stop}, called from another thread, makes it end soon. */
    <T> T during(Runnable stop, Supplier<T> work) {
        return interrupt.guard(stop, () -> {
            try {
                return work.get();
            } finally {
                clear(); // in here: guard does not return after ctrl-C
            }
        });
    }

    /** The work ends where it next tells its progress, of which no more is shown. */
    void giveUp() {
        givenUp = true;
        clear();
    }

    private void clear() {
        if (console != null && shown >= 0) {
            console.status("");
        }
        shown = -1;
    }
}
