package dev.tokapu.cli;

import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.ranking.RankedDocument;
import dev.tokapu.ranking.RerankRequest;
import dev.tokapu.ranking.Reranker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sorts documents by how well they fit a query. */
@Command(
        name = "rerank",
        abbreviateSynopsis = true,
        description = {
            "Sorts documents by how well they fit QUERY, with a reranking model.",
            "One a line, the best first: the score and the document."
        })
final class RerankCommand implements Callable<Integer> {

    private static final Pattern LINE_END = Pattern.compile("\\R");

    private final Console console;

    @Parameters(index = "0", paramLabel = "QUERY", description = "What is looked for.")
    private String query = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "DOCUMENT",
            description = "The documents; '-' or none reads them from standard input, one a line.")
    private @Nullable List<String> documents;

    @Option(names = "--top-n", paramLabel = "N", description = "Only the N best. Default: all.")
    private int topN = Integer.MAX_VALUE;

    @Option(
            names = "--truncate",
            description = "Cut documents that are too long, together with the query, instead of refusing them.")
    private boolean truncate;

    @Mixin
    private ModelArgs models = new ModelArgs();

    @Mixin
    private ContextArgs contexts = new ContextArgs();

    @Mixin
    private OutputArgs output = new OutputArgs();

    RerankCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        List<String> given = TextLines.of(documents, "documents", console);
        RerankRequest request = RerankRequest.builder(query, given)
                .topN(ContextArgs.atLeastOne("--top-n", topN))
                .truncated(truncate)
                .build();
        Interrupt interrupt = new Interrupt();
        try (Model model = models.load(console, ModelOptions.builder(), interrupt);
                Reranker reranker = open(model)) {
            LoadBar bar = new LoadBar(console, models.quiet(), "Scoring", interrupt);
            Thread caller = Thread.currentThread();
            List<RankedDocument> ranked = bar.during(
                    caller::interrupt,
                    () -> reranker.rerank(request, (done, total) -> bar.onProgress((float) done / total)));
            console.print(output.json() ? json(given, ranked) + "\n" : lines(given, ranked));
        } catch (ContextOverflowException e) {
            throw new CliException(
                    ExitCode.PROMPT,
                    (truncate ? "" : "query and document are too long together: ") + e.getMessage()
                            + ". On the command line: " + (truncate ? "" : "--truncate, or ")
                            + "--ctx N if the model allows it");
        }
        return ExitCode.OK;
    }

    private Reranker open(Model model) {
        try {
            return Reranker.open(model, contexts.options());
        } catch (UnsupportedOperationException e) {
            throw new CliException(ExitCode.MODEL, models.name() + " cannot score documents: " + e.getMessage());
        }
    }

    private static String lines(List<String> given, List<RankedDocument> ranked) {
        StringBuilder lines = new StringBuilder();
        for (RankedDocument document : ranked) {
            lines.append(String.format(Locale.ROOT, "%9.4f", document.score()))
                    .append("  ")
                    .append(LINE_END.matcher(given.get(document.index())).replaceAll(" "))
                    .append('\n');
        }
        return lines.toString();
    }

    private static String json(List<String> given, List<RankedDocument> ranked) {
        List<Map<String, Object>> results = new ArrayList<>();
        for (RankedDocument document : ranked) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("index", document.index());
            result.put("score", document.score());
            result.put("document", given.get(document.index()));
            results.add(result);
        }
        return Json.of(Map.of("results", results));
    }
}
