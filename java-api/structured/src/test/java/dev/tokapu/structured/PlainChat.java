package dev.tokapu.structured;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import java.nio.file.Path;

/** A program that has a short conversation with the model that its argument names. */
final class PlainChat {

    private PlainChat() {}

    public static void main(String[] args) {
        ChatOptions options = ChatOptions.builder()
                .context(TestModels.small().build())
                .maxTokens(5)
                .build();
        try (Model model = Model.load(Path.of(args[0]));
                ChatSession chat = ChatSession.open(model, options)) {
            chat.send("Hi").text();
        }
    }
}
