package dev.tokapu.examples.customsampler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.DocSnippets;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CustomSamplersIT {

    @Test
    void main_defaultModel_doesWhatItSays() {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            CustomSamplers.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        String printed = out.toString(StandardCharsets.UTF_8);
        String withoutE = between(printed, "No letter e:\n", "No token");
        assertThat(withoutE).doesNotContainIgnoringCase("e").isNotBlank();
        assertThat(between(printed, "careful:\n", "How sure").strip()).isNotEmpty();
        assertThat(printed.substring(printed.indexOf("How sure it was:\n") + 17).lines())
                .isNotEmpty()
                .allMatch(line -> line.matches("[01]\\.\\d{3} \\[.*, .*, .*]"));
    }

    private static String between(String text, String from, String to) {
        int start = text.indexOf(from) + from.length();
        return text.substring(start, text.indexOf(to, start));
    }

    /** The snippets of the page are lines of this example, so they compile. */
    @Test
    void docs_samplingPage_showsThisCode() {
        String code = DocSnippets.example(
                "examples/custom-sampler/src/main/java/dev/tokapu/examples/customsampler/CustomSamplers.java");
        assertThat(DocSnippets.of("docs/sampling.md", "<!-- custom-sampler -->\n"))
                .hasSize(4)
                .allSatisfy(snippet -> assertThat(code).contains(snippet));
    }
}
