package dev.tokapu.cli;

import dev.tokapu.ControlVector;
import dev.tokapu.Model;
import dev.tokapu.completion.ContextGenerator;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.Request;
import dev.tokapu.text.ContextShift;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TextStream;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Continues a text. */
@Command(
        name = "run",
        abbreviateSynopsis = true,
        description = {
            "Continues PROMPT, without a chat template.",
            "It stops after 128 tokens unless --max-tokens says otherwise."
        })
final class RunCommand implements Callable<Integer> {

    private static final int DEFAULT_MAX_TOKENS = 128;

    private final Console console;

    @Parameters(
            arity = "0..*",
            paramLabel = "PROMPT",
            description = "The text; '-' or none reads it from standard input.")
    private @Nullable List<String> words;

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
    private OutputArgs output = new OutputArgs();

    RunCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        String prompt = Prompt.of(words, console);
        GenerationOptions generation = GenerationOptions.builder()
                .samplers(sampling.samplers())
                .maxTokens(sampling.maxTokens().orElse(DEFAULT_MAX_TOKENS))
                .build();
        ControlVector vector = adapterArgs.vector();
        FitArgs.Chosen chosen = fit.choose(console, models, drafts, contexts.options());
        Interrupt interrupt = new Interrupt();
        Answer answer = new Answer(console, output.json(), models.quiet());
        try (Model model = models.load(console, chosen.model().toBuilder(), interrupt);
                AdapterArgs.Adapters adapters = adapterArgs.load(model, vector);
                Engine engine = drafts.start(
                        console, models, chosen, contexts.sequenceSize(models.source()), model, interrupt)) {
            if (engine == null) {
                try (ContextGenerator generator = ContextGenerator.open(model, chosen.context(), ContextShift.none())) {
                    adapters.set().applyTo(generator.context());
                    try (TextStream completion = generator.generate(prompt, generation)) {
                        answer.print(completion, interrupt);
                    }
                }
                return ExitCode.OK;
            }
            try (TextStream completion = engine.submit(Request.builder(prompt)
                    .generation(generation)
                    .adapters(adapters.set())
                    .build())) {
                answer.print(completion, interrupt);
            }
        }
        return ExitCode.OK;
    }
}
