package dev.tokapu.cli;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.Pooling;
import dev.tokapu.Vocab;
import dev.tokapu.embedding.EmbedProgress;
import dev.tokapu.embedding.Embedder;
import dev.tokapu.embedding.EmbedderOptions;
import dev.tokapu.embedding.LongTexts;
import dev.tokapu.embedding.Similarity;
import dev.tokapu.exception.ContextOverflowException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes vectors of texts. */
@Command(
        name = "embed",
        abbreviateSynopsis = true,
        description = {
            "Makes a vector of each TEXT, with an embedding model.",
            "One a line: its numbers. With --pooling NONE a line for each token, and an empty one behind each text."
        })
final class EmbedCommand implements Callable<Integer> {

    private static final int SLICE = 2048; // texts whose vectors are in memory at a time
    private static final int TOKENS_SLICE = 64; // with a vector for each token

    private final Console console;

    @Parameters(
            arity = "0..*",
            paramLabel = "TEXT",
            description = "The texts; '-' or none reads them from standard input, one a line.")
    private @Nullable List<String> texts;

    @Option(
            names = "--similarity",
            description = "Print how alike the texts are instead: the cosine of the angle between each two vectors.")
    private boolean similarity;

    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            description = "What the model wants before each text, such as 'query: '.")
    private String prefix = "";

    @Option(
            names = "--pooling",
            paramLabel = "KIND",
            description =
                    "What is made of the vectors of a text's tokens: MEAN, CLS, LAST or NONE. Default: what the model says.")
    private @Nullable Pooling pooling;

    @Option(
            names = "--dimensions",
            paramLabel = "N",
            description = "Only the first N numbers, for models that are trained for it.")
    private int dimensions;

    @Option(names = "--raw", description = "Vectors as the model gives them, not brought to length 1.")
    private boolean raw;

    @Option(
            names = "--long-texts",
            paramLabel = "KIND",
            description =
                    "Texts that are too long: ERROR refuses, TRUNCATE cuts them, SPLIT takes the mean of their parts. Default: ERROR.")
    private LongTexts longTexts = LongTexts.ERROR;

    @Mixin
    private ModelArgs models = new ModelArgs();

    @Mixin
    private ContextArgs contexts = new ContextArgs();

    @Mixin
    private OutputArgs output = new OutputArgs();

    EmbedCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        List<String> given = TextLines.of(texts, "texts", console);
        Interrupt interrupt = new Interrupt();
        try (Model model = models.load(console, ModelOptions.builder(), interrupt);
                Embedder embedder = open(model)) {
            LoadBar bar = new LoadBar(console, models.quiet(), "Embedding", interrupt);
            if (longTexts == LongTexts.ERROR && given.size() > slice()) {
                boolean unused = bar.during(() -> isComputable(embedder, given, interrupt));
            }
            try {
                print(embedder, given, bar);
            } catch (ContextOverflowException | IllegalArgumentException e) {
                if (longTexts == LongTexts.ERROR) { // of one slice nothing was computed: now to say which text it is
                    boolean unused = isComputable(embedder, given, interrupt);
                }
                throw e;
            }
        }
        return ExitCode.OK;
    }

    private int slice() {
        return pooling == Pooling.NONE ? TOKENS_SLICE : SLICE;
    }

    private Embedder open(Model model) {
        String says = model.info().architecture() + ".pooling_type";
        if (pooling == null && !model.metadata().containsKey(says)) {
            throw new CliException(
                    ExitCode.USAGE,
                    models.name()
                            + " does not say how to make one vector of a text, as embedding models do; give --pooling MEAN, or LAST");
        }
        if (similarity && pooling == Pooling.NONE) {
            throw new CliException(
                    ExitCode.USAGE, "--similarity compares texts, which have no vector with --pooling NONE");
        }
        ContextOptions context = contexts.options().toBuilder()
                .pooling(pooling == null ? Pooling.UNSPECIFIED : pooling)
                .build();
        try {
            return Embedder.open(
                    model,
                    EmbedderOptions.builder()
                            .context(context)
                            .normalized(!raw)
                            .dimensions(dimensions)
                            .documentPrefix(prefix)
                            .longTexts(longTexts)
                            .build());
        } catch (UnsupportedOperationException e) {
            throw new CliException(ExitCode.MODEL, String.valueOf(e.getMessage()));
        }
    }

    /** Refuses texts that are too long or have no tokens. Of several slices it does so before anything is computed and printed. */
    private boolean isComputable(Embedder embedder, List<String> given, Interrupt interrupt) {
        Vocab vocab = embedder.encoder().model().vocab();
        int most = embedder.encoder().sequenceContextSize();
        for (int i = 0; i < given.size() && !interrupt.isRequested(); i++) {
            int tokens = vocab.tokenize(prefix + given.get(i)).length;
            if (tokens == 0) {
                throw new CliException(
                        ExitCode.PROMPT,
                        "text " + (i + 1) + " of " + given.size() + " has no tokens; give at least one character");
            }
            if (tokens > most) {
                throw new CliException(
                        ExitCode.PROMPT,
                        "text " + (i + 1) + " of " + given.size() + " has " + tokens + " tokens; at most " + most
                                + " are computed together. --long-texts TRUNCATE cuts such texts, SPLIT takes the mean of their parts;"
                                + " --ctx N allows longer ones, if the model does");
            }
        }
        return !interrupt.isRequested();
    }

    private List<List<float[]>> vectors(Embedder embedder, List<String> given, LoadBar bar, int from, int to) {
        List<String> some = given.subList(from, to);
        EmbedProgress progress = (done, total) -> bar.onProgress((float) (from + done) / given.size());
        Thread caller = Thread.currentThread();
        return bar.during(caller::interrupt, () -> {
            if (pooling == Pooling.NONE) {
                List<String> prefixed = some.stream().map(prefix::concat).toList();
                return embedder.embedTokens(prefixed, progress);
            }
            return embedder.embedDocuments(some, progress).stream()
                    .map(List::of)
                    .toList();
        });
    }

    /** A few texts at a time, so that neither their vectors nor what is printed are all in memory unless they are compared. */
    private void print(Embedder embedder, List<String> given, LoadBar bar) {
        String begin = "{\"dimensions\":" + embedder.dimensions() + ",\"embeddings\":[";
        List<float[]> compared = new ArrayList<>();
        for (int from = 0; from < given.size(); from += slice()) {
            int to = Math.min(given.size(), from + slice());
            List<List<float[]>> vectors = vectors(embedder, given, bar, from, to);
            for (int i = from; i < to; i++) {
                List<float[]> text = vectors.get(i - from);
                if (output.json()) {
                    console.print((i == 0 ? begin : ",") + json(given.get(i), text));
                } else if (!similarity) {
                    console.print(lines(text));
                }
                if (similarity) {
                    compared.add(text.get(0));
                }
            }
        }
        if (similarity) {
            console.print(output.json() ? "],\"similarities\":[" : "");
            printRows(compared);
        }
        console.print(output.json() ? "]}\n" : "");
    }

    private String json(String text, List<float[]> vectors) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("text", text);
        entry.put("embedding", pooling == Pooling.NONE ? vectors : vectors.get(0));
        return Json.of(entry);
    }

    private String lines(List<float[]> vectors) {
        StringBuilder lines = new StringBuilder();
        for (float[] vector : vectors) {
            for (int i = 0; i < vector.length; i++) {
                lines.append(i == 0 ? "" : " ").append(vector[i]);
            }
            lines.append('\n');
        }
        if (pooling == Pooling.NONE) {
            lines.append('\n');
        }
        return lines.toString();
    }

    /** How alike each vector is to all. */
    private void printRows(List<float[]> vectors) {
        for (int i = 0; i < vectors.size(); i++) {
            float[] one = vectors.get(i);
            double[] row = vectors.stream()
                    .mapToDouble(other -> Similarity.cosine(one, other))
                    .toArray();
            console.print(output.json() ? (i == 0 ? "" : ",") + Json.of(row) : line(row));
        }
    }

    private static String line(double[] row) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.length; i++) {
            line.append(i == 0 ? "" : " ").append(String.format(Locale.ROOT, "%6.3f", row[i]));
        }
        return line.append('\n').toString();
    }
}
