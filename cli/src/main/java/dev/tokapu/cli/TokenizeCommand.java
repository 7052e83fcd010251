package dev.tokapu.cli;

import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the tokens of a text. */
@Command(
        name = "tokenize",
        abbreviateSynopsis = true,
        description = {"Shows the tokens of TEXT.", "One a line: the id and the piece of text."})
final class TokenizeCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(
            arity = "0..*",
            paramLabel = "TEXT",
            description = "The text; '-' or none reads it from standard input.")
    private @Nullable List<String> words;

    @Option(names = "--parse-special", description = "Take control text such as <|im_start|> for the token it names.")
    private boolean parseSpecial;

    @Option(names = "--no-bos", description = "Do not add the tokens that the model wants around a text.")
    private boolean noBos;

    @Option(names = "--ids", description = "Print the ids alone, on one line.")
    private boolean idsOnly;

    @Mixin
    private ModelArgs models = new ModelArgs();

    @Mixin
    private OutputArgs output = new OutputArgs();

    TokenizeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        String text = Prompt.of(words, console);
        try (Model model = models.load(console, ModelOptions.builder().vocabOnly(true), new Interrupt())) {
            Vocab vocab = model.vocab();
            int[] tokens = vocab.tokenize(
                    text,
                    TokenizeOptions.builder()
                            .addSpecial(!noBos)
                            .parseSpecial(parseSpecial)
                            .build());
            if (output.json()) {
                console.println(json(vocab, tokens));
            } else if (idsOnly) {
                console.println(ids(tokens));
            } else {
                console.print(lines(vocab, tokens));
                if (!models.quiet()) {
                    console.note("[" + tokens.length + (tokens.length == 1 ? " token]" : " tokens]"));
                }
            }
        }
        return ExitCode.OK;
    }

    private static String ids(int[] tokens) {
        StringBuilder line = new StringBuilder();
        for (int token : tokens) {
            line.append(line.length() == 0 ? "" : " ").append(token);
        }
        return line.toString();
    }

    private static String lines(Vocab vocab, int[] tokens) {
        StringBuilder lines = new StringBuilder();
        for (int token : tokens) {
            String id = Integer.toString(token);
            lines.append(" ".repeat(Math.max(0, 7 - id.length())))
                    .append(id)
                    .append("  ")
                    .append(Pieces.quoted(vocab.piece(token, true)))
                    .append('\n');
        }
        return lines.toString();
    }

    private static String json(Vocab vocab, int[] tokens) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (int token : tokens) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("id", token);
            entry.put("piece", Pieces.readable(vocab.piece(token, true)));
            list.add(entry);
        }
        return Json.of(Map.of("tokens", list));
    }
}
