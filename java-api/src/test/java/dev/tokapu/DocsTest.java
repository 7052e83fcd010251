package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Code in docs/ that names a file and a region is the code there, which is compiled. */
class DocsTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern SNIPPET =
            Pattern.compile("<!-- (\\S+\\.java) (\\S+) -->\n```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void snippets_ofDocs_areThoseOfTheExamples() throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
            for (Path page : pages.filter(p -> p.toString().endsWith(".md")).toList()) {
                Matcher snippet = SNIPPET.matcher(Files.readString(page));
                while (snippet.find()) {
                    String code = Files.readString(ROOT.resolve(snippet.group(1)));
                    assertThat(snippet.group(3))
                            .as("%s, %s of %s", page.getFileName(), snippet.group(2), snippet.group(1))
                            .isEqualTo(region(code, snippet.group(2)));
                    found.add(snippet.group(2));
                }
            }
        }
        assertThat(found).contains("fork", "session", "lora");
    }

    private static String region(String code, String name) {
        String start = "// @start region=\"" + name + "\"\n";
        int from = code.indexOf(start);
        assertThat(from).as("region " + name).isNotNegative();
        String body = code.substring(from + start.length(), code.indexOf("// @end", from));
        return body.substring(0, body.lastIndexOf('\n')).stripIndent() + "\n";
    }
}
