package dev.tokapu.examples.typed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.DocSnippets;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("ffm")
class TypedAnswersIT {

    @Test
    void main_printsAValueOfEachKind() {
        List<String> lines = run().lines().toList();
        assertThat(lines.get(0)).matches("[1-5] stars for .*");
        assertThat(lines.get(1)).startsWith("[").endsWith("]");
        assertThat(lines.get(2)).startsWith("Optional");
        assertThat(lines.get(3)).matches("[0-9]+ euros|an exchange");
        assertThat(lines.get(4)).isEqualTo("{}");
        assertThat(lines.get(lines.size() - 2)).startsWith("Review[product=");
        assertThat(lines.get(lines.size() - 1)).startsWith("Review[product=");
    }

    /** Each block of code in docs/typed-answers.md is a region of the example, but for its indentation. */
    @Test
    void docs_showTheExample() {
        String code =
                DocSnippets.example("examples/typed-answers/src/main/java/dev/tokapu/examples/typed/TypedAnswers.java");
        assertThat(DocSnippets.of("docs/typed-answers.md", ""))
                .hasSize(6)
                .allSatisfy(snippet -> assertThat(code).contains(snippet));
    }

    private static String run() {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            TypedAnswers.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
