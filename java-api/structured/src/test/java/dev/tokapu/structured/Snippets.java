package dev.tokapu.structured;

import dev.tokapu.Model;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.Sampler;
import java.nio.file.Path;

/** The examples of the documentation: compiled, so that they cannot rot. */
final class Snippets {

    private Snippets() {}

    record City(String name, int inhabitants) {}

    static void structuredCompletion() {
        // @start region="structured-completion"
        StructuredType<City> type = StructuredType.of(City.class);
        CompletionOptions options = CompletionOptions.builder()
                .samplers(type.grammar(), Sampler.greedy())
                .build();
        try (Model model = Model.load(Path.of("model.gguf"))) {
            City city = type.read(Completion.of(model, type.prompt("The largest city of France"), options));
            System.out.println(city);
        }
        // @end
    }

    static void structuredStream() {
        // @start region="structured-stream"
        try (Model model = Model.load(Path.of("model.gguf"));
                ChatSession chat = ChatSession.open(model);
                StructuredStream<City> stream =
                        chat.askStreaming("The largest city of France?", StructuredType.of(City.class))) {
            for (PartialValue<City> partial : stream) {
                System.out.println(partial.json());
            }
            City city = stream.value();
            System.out.println(city);
        }
        // @end
    }
}
