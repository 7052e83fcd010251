package dev.tokapu.cli;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Answers one prompt, or opens a conversation. */
@Command(
        name = "chat",
        abbreviateSynopsis = true,
        description = {
            "Answers PROMPT; without one, opens a conversation.",
            "When input is not a terminal, the prompt is read from it: echo hi | ./tokapu chat"
        })
final class ChatCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(arity = "0..*", paramLabel = "PROMPT", description = "What to ask; '-' reads it from standard input.")
    private @Nullable List<String> words;

    @Option(names = "--system", paramLabel = "TEXT", description = "The system message: how the model shall behave.")
    private String system = "";

    @Mixin
    private ModelArgs models = new ModelArgs();

    @Mixin
    private FitArgs fit = new FitArgs();

    @Mixin
    private ContextArgs contexts = new ContextArgs();

    @Mixin
    private SamplingArgs sampling = new SamplingArgs();

    @Mixin
    private OutputArgs output = new OutputArgs();

    ChatCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        boolean conversation = words == null && console.isInteractive();
        if (conversation && output.json()) {
            throw new CliException(ExitCode.USAGE, "--json needs a PROMPT; a conversation has no end to print it at");
        }
        String prompt = conversation ? "" : Prompt.of(words, console);
        options(system, contexts.options()); // wrong options shall not wait for the model
        FitArgs.Chosen chosen = fit.choose(console, models, contexts.options());
        ChatOptions options = options(system, chosen.context());
        Interrupt interrupt = new Interrupt();
        try (Model model = models.load(console, chosen.model().toBuilder(), interrupt)) {
            if (conversation) {
                Function<String, ChatOptions> again = message -> options(message, chosen.context());
                return new Conversation(console, model, options, again, models.quiet(), interrupt).run();
            }
            try (ChatSession session = ChatSession.open(model, options)) {
                new Answer(console, output.json(), models.quiet()).print(session.send(prompt), interrupt);
                return ExitCode.OK;
            }
        }
    }

    private ChatOptions options(String systemMessage, ContextOptions context) {
        ChatOptions.Builder options = ChatOptions.builder().context(context).samplers(sampling.samplers());
        if (!systemMessage.isEmpty()) {
            options.systemPrompt(systemMessage);
        }
        sampling.maxTokens().ifPresent(options::maxTokens);
        return options.build();
    }
}
