package dev.tokapu.cli;

import dev.tokapu.ContextOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of the commands that compute a text in chunks. */
final class ChunkArgs {

    @Option(names = "--chunk", paramLabel = "TOKENS", description = "Tokens of a chunk. Default: 512.")
    private int chunk = 512;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "CPU threads. Default: at most one for each physical core.")
    private @Nullable Integer threads;

    int size() {
        return chunk;
    }

    ContextOptions options() {
        ContextOptions.Builder options = ContextOptions.builder();
        if (threads != null) {
            int count = ContextArgs.atLeastOne("--threads", threads);
            options.threads(count).batchThreads(count);
        }
        return options.build();
    }
}
