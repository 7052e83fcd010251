package dev.tokapu.examples.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("ffm")
class ManyQuestionsIT {

    @Test
    void main_defaultModel_answersAllOfThem() throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            ManyQuestions.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        String out = bytes.toString(StandardCharsets.UTF_8);
        assertThat(out).contains("opposite of hot? ");
        assertThat(out.lines().filter(line -> line.contains("? "))).hasSizeGreaterThanOrEqualTo(5);
        assertThat(out).containsPattern("stream: .+\n");
        assertThat(out).containsPattern("future: (?s:.+)\\(\\w+, Usage");
        assertThat(out.lines().filter(line -> line.startsWith("one of three:"))).hasSize(3);
        assertThat(out).containsPattern("copied:.* \\d+ tokens took no step of their own\n");
        assertThat(out).contains("cancelled: true CANCELLED");
        // five questions, a stream, a future, three answers to one prompt, a copy; what was cancelled
        assertThat(out).contains("10 submitted, 0 rejected, 11 completed, 1 cancelled");
    }
}
