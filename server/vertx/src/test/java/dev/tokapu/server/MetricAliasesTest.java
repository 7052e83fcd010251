package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.server.MetricAlias.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The names of other servers, and the table of them in docs/server.md. */
class MetricAliasesTest {

    private static final Pattern ROW = Pattern.compile("^\\|(.*)\\|(.*)\\| `(\\w+).*$", Pattern.MULTILINE);
    private static final Pattern NAME = Pattern.compile("`((?:vllm|llamacpp):\\w+)`");

    @Test
    void documentation_hasAllNamesWithTheirSources() throws IOException {
        String docs = Files.readString(Path.of("..", "..", "docs", "server.md"));
        Set<String> documented = ROW.matcher(docs)
                .results()
                .flatMap(row -> NAME.matcher(row.group(1) + row.group(2))
                        .results()
                        .map(name -> base(name.group(1)) + " " + base(row.group(3))))
                .collect(Collectors.toSet());
        assertThat(documented)
                .isEqualTo(MetricAliases.ALL.stream()
                        .map(alias ->
                                alias.name() + " " + alias.source() + (alias.kind() == Kind.COUNT ? "_count" : ""))
                        .collect(Collectors.toSet()));
    }

    private static String base(String name) {
        return name.replaceAll("_total$", "");
    }
}
