package dev.tokapu.examples.prefixcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AfterRestartIT {

    private static final Pattern TURN = Pattern.compile("(?m)^(\\d+) prompt tokens, (\\d+) cached$");

    @Test
    void main_secondEngine_findsThePromptOfTheFirst(@TempDir Path directory) throws IOException {
        List<MatchResult> turns =
                TURN.matcher(run(directory.toString())).results().toList();
        assertThat(turns).hasSize(2);
        assertThat(turns.get(0).group(2)).isEqualTo("0");
        assertThat(Integer.parseInt(turns.get(1).group(2)))
                .as("the first prompt, whole")
                .isGreaterThanOrEqualTo(Integer.parseInt(turns.get(0).group(1)));
    }

    private static String run(String directory) throws IOException {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            AfterRestart.main(new String[] {directory});
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
