package dev.tokapu.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about tools that the model may call. */
final class ToolArgs {

    @Option(
            names = "--tools",
            paramLabel = "FILE",
            description =
                    "Commands that the model may call, as a JSON file; docs/cli.md has the format. You are asked before each run.")
    private @Nullable Path file;

    @Option(
            names = "--tools-run-all",
            description = "Run the tools without asking. Without a terminal, nothing is run otherwise.")
    private boolean runAll;

    /** The tools of the file; none without one. */
    List<CommandTool> read() {
        if (file == null) {
            if (runAll) {
                throw new CliException(ExitCode.USAGE, "--tools-run-all needs --tools FILE");
            }
            return List.of();
        }
        return ToolFile.read(file);
    }

    boolean runAll() {
        return runAll;
    }
}
