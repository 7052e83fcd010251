package dev.tokapu.examples.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("ffm")
class LocalAssistantIT {

    @Test
    void main_chatsAnswersInAValueCallsAToolAndStreams() {
        assertThat(run())
                .startsWith("Chat: ")
                .containsPattern("\nValue: Review\\[product=(KETTLE|LAMP|KNIFE|null), mood=(GOOD|NEUTRAL|BAD|null)]\n")
                .containsPattern("\nTool: \\{[^}]*} -> sunny in (PARIS|ROME|OSLO)\n")
                .contains("\nMetadata: TokapuChatResponseMetadata[id=")
                .containsPattern("\nStream: (?s:.+)\nEmbedding: 576 numbers for \\d+ tokens\n");
    }

    private static String run() {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            LocalAssistant.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
