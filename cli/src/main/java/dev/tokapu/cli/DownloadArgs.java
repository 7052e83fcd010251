package dev.tokapu.cli;

import dev.tokapu.source.DownloadProgress;
import dev.tokapu.source.ModelSource;
import picocli.CommandLine.Option;

/** Options about models of hubs. */
final class DownloadArgs {

    @Option(names = "--offline", description = "Download nothing; use only models that are on this machine.")
    private boolean offline;

    /** Must come before a hub is asked. */
    void apply() {
        if (offline) {
            System.setProperty("tokapu.hub.offline", "true");
        }
    }

    /** The source, with its file on this machine. */
    ModelSource fetch(ModelSource source, Console console, boolean quiet) {
        apply();
        return source instanceof ModelSource.Remote remote
                ? remote.find().orElseGet(() -> download(remote, console, quiet))
                : source;
    }

    /** Asks the hub, with progress on stderr where a person is waiting. */
    static ModelSource download(ModelSource.Remote remote, Console console, boolean quiet) {
        boolean show = !quiet && console.errorIsTerminal();
        Interrupt interrupt = new Interrupt();
        DownloadBar bar = new DownloadBar(show ? console : null, interrupt);
        DownloadProgress log = quiet || show ? download -> true : DownloadProgress.logged();
        return interrupt.guard(() -> {}, () -> {
            try {
                return remote.download(far -> log.onProgress(far) && bar.onProgress(far));
            } finally {
                bar.clear(); // in here: guard does not return after ctrl-C
            }
        });
    }
}
