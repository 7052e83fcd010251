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
            names = "--mcp",
            paramLabel = "COMMAND|URL",
            description = {
                "An MCP server whose tools the model may call: a command in quotes, which is started, or an address (https://...).",
                "May be given several times. You are asked before each call."
            })
    private List<String> servers = List.of();

    @Option(
            names = "--mcp-allow",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Tools of the MCP server that run without asking, by their names; with several servers as NAME@N for the N-th --mcp.")
    private List<String> allowed = List.of();

    @Option(
            names = "--tools-run-all",
            description = "Run the tools without asking. Without a terminal, nothing is run otherwise.")
    private boolean runAll;

    /** The tools of the file and of the servers; none without them. */
    ChatTools open() {
        if (runAll && file == null && servers.isEmpty()) {
            throw new CliException(ExitCode.USAGE, "--tools-run-all needs --tools FILE or --mcp COMMAND");
        }
        if (servers.isEmpty() && !allowed.isEmpty()) {
            throw new CliException(ExitCode.USAGE, "--mcp-allow needs --mcp COMMAND");
        }
        return ChatTools.open(file == null ? List.of() : ToolFile.read(file), servers, allowed);
    }

    boolean runAll() {
        return runAll;
    }
}
