package dev.tokapu.examples.chat;

import dev.tokapu.Model;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;

/** A conversation: a line in, an answer out, piece by piece. */
public final class Chat {

    private Chat() {}

    public static void main(String[] args) {
        ModelSource source = args.length > 0 ? ModelSource.of(args[0]) : DefaultModel.source();
        try (Model model = Model.load(source);
                ChatSession chat = ChatSession.open(
                        model, ChatOptions.builder().maxTokens(200).build());
                Scanner lines = new Scanner(System.in, StandardCharsets.UTF_8)) {
            while (lines.hasNextLine()) {
                chat.askStreaming(lines.nextLine()).forEach(System.out::print);
                System.out.println();
            }
        }
    }
}
