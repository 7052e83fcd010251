package dev.tokapu.examples.structured;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.DocSnippets;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StructuredIT {

    @Test
    void main_defaultModel_keepsToTheForms() {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            Structured.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        assertThat(out.toString(StandardCharsets.UTF_8))
                .containsPattern("Choice:  (red|green|blue)\n")
                .containsPattern("Regex: (19|20)\\d\\d-[01]\\d-[0-3]\\d\n")
                .containsPattern("Schema: \\{\\s*\"name\"\\s*:\\s*\"[^\"]{1,20}\",\\s*\"age\"\\s*:\\s*\\d+,")
                .containsPattern("Grammar: (\n- [a-z]{3,12}){3}\n")
                .containsPattern("Lazy: ");
    }

    /** The snippets of the page are lines of this example, so they compile. */
    @Test
    void docs_structuredOutputPage_showsThisCode() {
        String code =
                DocSnippets.example("examples/structured/src/main/java/dev/tokapu/examples/structured/Structured.java");
        assertThat(DocSnippets.of("docs/structured-output.md", "<!-- structured -->\n"))
                .hasSize(6)
                .allSatisfy(snippet -> assertThat(code).contains(snippet));
    }
}
