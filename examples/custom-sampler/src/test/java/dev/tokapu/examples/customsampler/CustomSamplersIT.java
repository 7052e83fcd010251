package dev.tokapu.examples.customsampler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CustomSamplersIT {

    private static final Path ROOT = Path.of(System.getProperty("tokapu.root"));

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
        assertThat(withoutE).doesNotContainIgnoringCase("e").hasSizeGreaterThan(20);
        assertThat(between(printed, "careful:\n", "How sure").strip()).isNotEmpty();
        assertThat(printed.substring(printed.indexOf("How sure it was:\n") + 17).lines())
                .hasSizeGreaterThan(1)
                .allMatch(line -> line.matches("[01]\\.\\d{3} \\[.*, .*, .*]"));
    }

    private static String between(String text, String from, String to) {
        int start = text.indexOf(from) + from.length();
        return text.substring(start, text.indexOf(to, start));
    }

    /** The snippets of the page are lines of this example, so they compile. */
    @Test
    void docs_samplingPage_showsThisCode() throws IOException {
        String code = stripped(Files.readString(ROOT.resolve(
                "examples/custom-sampler/src/main/java/dev/tokapu/examples/customsampler/CustomSamplers.java")));
        List<String> snippets = Pattern.compile("<!-- custom-sampler -->\n```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("docs/sampling.md")))
                .results()
                .map((MatchResult match) -> stripped(match.group(1)))
                .toList();
        assertThat(snippets).hasSize(4).allSatisfy(snippet -> assertThat(code).contains(snippet));
    }

    private static String stripped(String code) {
        return code.lines().map(String::strip).filter(line -> !line.isEmpty()).reduce("", (a, b) -> a + b + "\n");
    }
}
