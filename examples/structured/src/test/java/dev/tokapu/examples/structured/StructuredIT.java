package dev.tokapu.examples.structured;

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

class StructuredIT {

    private static final Path ROOT = Path.of(System.getProperty("tokapu.root"));

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
    void docs_structuredOutputPage_showsThisCode() throws IOException {
        String code = stripped(Files.readString(
                ROOT.resolve("examples/structured/src/main/java/dev/tokapu/examples/structured/Structured.java")));
        List<String> snippets = Pattern.compile("<!-- structured -->\n```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("docs/structured-output.md")))
                .results()
                .map((MatchResult match) -> stripped(match.group(1)))
                .toList();
        assertThat(snippets).hasSize(6).allSatisfy(snippet -> assertThat(code).contains(snippet));
    }

    private static String stripped(String code) {
        return code.lines().map(String::strip).filter(line -> !line.isEmpty()).reduce("", (a, b) -> a + b + "\n");
    }
}
