package dev.tokapu.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ChatIT {

    @Test
    void main_twoQuestions_answersEach() {
        String answers = run("Hi\nThank you.\n");
        assertThat(answers).endsWith("\n");
        assertThat(answers.lines().filter(line -> !line.isBlank()).count()).isGreaterThanOrEqualTo(2);
    }

    private static String run(String input) {
        InputStream in = System.in;
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            Chat.main(new String[0]);
        } finally {
            System.setIn(in);
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
