package dev.tokapu.cli;

import dev.tokapu.ContextOptions;
import dev.tokapu.ControlVector;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.tool.ToolChoice;
import dev.tokapu.tool.Tools;
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
    private DraftArgs drafts = new DraftArgs();

    @Mixin
    private AdapterArgs adapterArgs = new AdapterArgs();

    @Mixin
    private SamplingArgs sampling = new SamplingArgs();

    @Mixin
    private ReasoningArgs reasoning = new ReasoningArgs();

    @Mixin
    private ToolArgs toolArgs = new ToolArgs();

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
        options(system, contexts.options(), List.of()); // wrong options shall not wait for servers and the model
        ControlVector vector = adapterArgs.vector();
        drafts.check();
        Grammar grammar = sampling.constraint().orElse(null);
        try (ChatTools tools = toolArgs.open()) {
            return chat(prompt, conversation, grammar, vector, tools);
        }
    }

    private int chat(
            String prompt,
            boolean conversation,
            @Nullable Grammar grammar,
            @Nullable ControlVector vector,
            ChatTools chatTools) {
        List<ChatTool> tools = chatTools.all();
        FitArgs.Chosen chosen = fit.choose(console, models, drafts, contexts.options());
        ChatOptions options = options(system, chosen.context(), tools);
        Interrupt interrupt = new Interrupt();
        CommandApproval approval =
                new CommandApproval(console, tools, chatTools.allowed(), toolArgs.runAll(), models.quiet());
        Exchange exchange =
                new Exchange(console, interrupt, tools(tools, approval), grammar, reasoning.shown(), models.quiet());
        try (Model model = models.load(console, chosen.model().toBuilder(), interrupt);
                AdapterArgs.Adapters adapters = adapterArgs.load(model, vector);
                Engine engine = drafts.start(
                        console, models, chosen, contexts.sequenceSize(models.source()), model, interrupt)) {
            LoraSet set = adapters.set();
            Function<ChatOptions, ChatSession> sessions = engine == null
                    ? one -> open(model, one, set)
                    : one -> engine.chat(one, SchedulingOptions.defaults().withAdapters(set));
            if (conversation) {
                Function<String, ChatOptions> again = message -> options(message, chosen.context(), tools);
                return new Conversation(exchange, approval, model.info(), sessions, options, again).run();
            }
            try (ChatSession session = sessions.apply(options)) {
                answer(exchange, session, prompt);
                return ExitCode.OK;
            }
        }
    }

    private static ChatSession open(Model model, ChatOptions options, LoraSet adapters) {
        ChatSession session = ChatSession.open(model, options);
        try {
            adapters.applyTo(session.context());
            return session;
        } catch (Throwable e) {
            session.close();
            throw e;
        }
    }

    private void answer(Exchange exchange, ChatSession session, String prompt) {
        if (output.json()) {
            console.println(Json.of(exchange.json(session, prompt)));
            return;
        }
        ChatAnswer answer = exchange.ask(session, prompt);
        if (!models.quiet()) {
            console.note(Answer.statistics(answer));
        }
    }

    private static @Nullable Tools tools(List<ChatTool> tools, CommandApproval approval) {
        if (tools.isEmpty()) {
            return null;
        }
        return Tools.builder()
                .add(tools.stream().map(ChatTool::tool).toList())
                .approval(approval)
                .build();
    }

    private ChatOptions options(String systemMessage, ContextOptions context, List<ChatTool> tools) {
        // Only Exchange runs tools: an answer that goes on by itself knows them, and calls none.
        ChatOptions.Builder options = ChatOptions.builder()
                .context(context)
                .samplers(sampling.selection())
                .reasoning(reasoning.options())
                .tools(tools.stream().map(ChatTool::definition).toList())
                .toolChoice(tools.isEmpty() ? ToolChoice.auto() : ToolChoice.none());
        if (!systemMessage.isEmpty()) {
            options.systemPrompt(systemMessage);
        }
        sampling.maxTokens().ifPresent(options::maxTokens);
        return options.build();
    }
}
