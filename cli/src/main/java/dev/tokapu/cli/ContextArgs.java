package dev.tokapu.cli;

import dev.tokapu.AdaptiveThreads;
import dev.tokapu.ContextOptions;
import dev.tokapu.exception.TokapuException;
import dev.tokapu.server.model.ModelCard;
import dev.tokapu.source.ModelSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about the context that a model works in. */
final class ContextArgs {

    @Option(
            names = {"-c", "--ctx"},
            paramLabel = "TOKENS",
            description =
                    "Size of the context, prompt and answer together. 0 for as much as the model was trained for. Default: the same, but at most 4096.")
    private @Nullable Integer contextSize;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "CPU threads. Default: at most one for each physical core.")
    private @Nullable Integer threads;

    @Option(
            names = "--adaptive-threads",
            negatable = true,
            description =
                    "Use fewer threads while other programs use the processors; --threads is the most then. The same seed may give another text."
                            + " Default: where several answers are generated at a time and --threads is not given.")
    private @Nullable Boolean adaptiveThreads;

    ContextOptions options() {
        ContextOptions.Builder options = ContextOptions.builder();
        if (contextSize != null) {
            options.contextSize(atLeast("--ctx", contextSize, 0));
        }
        if (threads != null) {
            int count = atLeastOne("--threads", threads);
            options.threads(count).batchThreads(count);
        }
        if (adaptiveThreads != null) {
            options.adaptiveThreads(adaptiveThreads ? AdaptiveThreads.ENABLED : AdaptiveThreads.DISABLED);
        }
        return options.build();
    }

    /** The size as an engine takes it for each of its texts: 0 for its own default. */
    int sequenceSize(ModelSource source) {
        return contextSize == null ? 0 : sequenceSize(contextSize, source);
    }

    /** A size where 0 stands for as much as the model was trained for; of a file that cannot be read, that is not known. */
    static int sequenceSize(int size, ModelSource source) {
        if (size == 0
                && source instanceof ModelSource.Remote remote
                && remote.find().isEmpty()) {
            throw new IllegalArgumentException(
                    "ctx 0 is as many tokens as " + source + " was trained for, which its file says: give a number, or"
                            + " download it first with ./tokapu pull " + source);
        }
        try {
            return size == 0 ? ModelCard.read(source).trainedContextSize() : size;
        } catch (TokapuException e) {
            return 0; // loading it will say so
        }
    }

    static int atLeastOne(String option, int value) {
        return atLeast(option, value, 1);
    }

    private static int atLeast(String option, int value, int least) {
        if (value < least) {
            throw new CliException(ExitCode.USAGE, option + ' ' + value + " is too small; give " + least + " or more");
        }
        return value;
    }
}
