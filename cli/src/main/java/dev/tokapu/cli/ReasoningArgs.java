package dev.tokapu.cli;

import dev.tokapu.chat.ReasoningOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about what a model thinks before it answers. */
final class ReasoningArgs {

    @Option(
            names = "--reasoning",
            paramLabel = "show|hide|off",
            description =
                    "What the model thinks before it answers: show it on stderr, hide it, or have it answer at once, if it can. Default: show.")
    private String reasoning = "show";

    @Option(
            names = "--reasoning-budget",
            paramLabel = "N",
            description = "End the thought after this many tokens. Default: no limit.")
    private @Nullable Integer budget;

    boolean shown() {
        return reasoning.equals("show");
    }

    ReasoningOptions options() {
        boolean off = reasoning.equals("off");
        if (!off && !shown() && !reasoning.equals("hide")) {
            throw new CliException(ExitCode.USAGE, "--reasoning " + reasoning + " is unknown; give show, hide or off");
        }
        if (budget == null) {
            return off ? ReasoningOptions.off() : ReasoningOptions.defaults();
        }
        if (off) {
            throw new CliException(ExitCode.USAGE, "--reasoning off and --reasoning-budget are given; choose one");
        }
        if (budget < 0) {
            throw new CliException(ExitCode.USAGE, "--reasoning-budget " + budget + " is too small; give 0 or more");
        }
        return ReasoningOptions.defaults().withBudget(budget);
    }
}
