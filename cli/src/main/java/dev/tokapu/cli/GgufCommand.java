package dev.tokapu.cli;

import dev.tokapu.gguf.GgufProgress;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What is done to GGUF files; each of its commands is a class of its own. */
@Command(
        name = "gguf",
        synopsisSubcommandLabel = "COMMAND",
        description = {"Shows, checks and changes GGUF files.", "Native libraries are not needed."})
final class GgufCommand implements Callable<Integer> {

    private final Console console;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private OutputArgs output = new OutputArgs();

    private GgufCommand(Console console) {
        this.console = console;
    }

    static CommandLine line(Console console) {
        return new CommandLine(new GgufCommand(console))
                .addSubcommand("show", new GgufShowCommand(console))
                .addSubcommand("check", new GgufCheckCommand(console))
                .addSubcommand("set", new GgufSetCommand(console))
                .addSubcommand("split", new GgufSplitCommand(console))
                .addSubcommand("merge", new GgufMergeCommand(console))
                .addSubcommand("hash", new GgufHashCommand(console))
                .addSubcommand("diff", new GgufDiffCommand(console));
    }

    /** Reads or writes a large file, with progress where a person is waiting; ctrl-C ends it. */
    static <T> T work(Console console, String title, Function<GgufProgress, T> work) {
        LoadBar bar = new LoadBar(console, false, title, new Interrupt());
        return bar.during(() ->
                work.apply((done, total) -> bar.onProgress(total == 0 ? 1 : (float) ((double) done / total))));
    }

    @Override
    public Integer call() {
        output.apply();
        console.noteInline(spec.commandLine().getUsageMessage(CommandLine.Help.Ansi.OFF));
        return ExitCode.USAGE;
    }
}
