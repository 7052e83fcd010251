package dev.tokapu.examples.structured;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.sampling.LazyGrammar;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import dev.tokapu.text.TextStream;
import java.nio.file.Path;
import java.util.List;

/** Texts of a given form: choices, a regular expression, a JSON Schema, a grammar, a grammar with a trigger. */
public final class Structured {

    private Structured() {}

    public static void main(String[] args) {
        ModelSource source = args.length > 0 ? ModelSource.file(Path.of(args[0])) : DefaultModel.source();
        try (Model model = Model.load(source)) {
            System.out.println("Choice: " + complete(model, "The sky on a clear day is", color()));
            System.out.println("Regex: " + complete(model, "The first moon landing was on the day ", date()));
            System.out.println("Schema: " + complete(model, "A person as JSON: ", person()));
            System.out.println("Grammar: " + complete(model, "Three fruits:", list()));
            System.out.println("Lazy: " + complete(model, "2 + 2 = 4\n3 + 3 = 6\n", sum()));
        }
    }

    static Grammar color() {
        return Grammar.ofChoices(" red", " green", " blue");
    }

    static Grammar date() {
        return Grammar.ofRegex("(19|20)\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])");
    }

    static Grammar person() {
        return Grammar.ofJsonSchema("""
                {"type": "object",
                 "properties": {
                   "name": {"type": "string", "minLength": 1, "maxLength": 20},
                   "age": {"type": "integer", "minimum": 18, "maximum": 120},
                   "languages": {"type": "array", "items": {"enum": ["en", "de", "fr"]}, "maxItems": 2}},
                 "required": ["name", "age", "languages"]}
                """);
    }

    static Grammar list() {
        return Sampler.grammar("""
                root ::= item{3}
                item ::= "\\n- " [a-z]{3,12}
                """);
    }

    /** Free text until a plus sign; behind it a number and the end of the line. */
    static LazyGrammar sum() {
        return new LazyGrammar("root ::= \"+ \" [0-9]+ \"\\n\"", "root", List.of("(\\+ )"), List.of());
    }

    static String complete(Model model, String prompt, Sampler form) {
        CompletionOptions options = CompletionOptions.builder()
                .context(ContextOptions.builder().contextSize(512).build())
                .samplers(form, Sampler.greedy())
                .maxTokens(128)
                .build();
        try (TextStream text = Completion.of(model, prompt, options)) {
            return text.text();
        }
    }
}
