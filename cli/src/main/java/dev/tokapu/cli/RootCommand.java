package dev.tokapu.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The program without a command. */
@Command(
        name = "tokapu",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Language models in Java, through llama.cpp.",
        footer = {
            "",
            "The answer goes to stdout, everything else to stderr.",
            "./tokapu COMMAND --help lists the options of a command; docs/cli.md has examples."
        })
final class RootCommand implements Callable<Integer> {

    private final Console console;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    RootCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        console.noteInline(spec.commandLine().getUsageMessage(CommandLine.Help.Ansi.OFF));
        return ExitCode.USAGE;
    }
}
