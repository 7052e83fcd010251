package dev.tokapu.examples.prefixcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SharedPromptIT {

    private static final Pattern WARMED = Pattern.compile("^warmed: (\\d+) tokens\n");
    private static final Pattern TURN = Pattern.compile("(?m)^(ada|ben): (\\d+) prompt tokens, (\\d+) cached$");

    @Test
    void main_twoTenants_shareTheSystemPromptAlone() {
        String out = run();
        int warmed = number(WARMED.matcher(out).results().findFirst().orElseThrow(), 1);
        List<MatchResult> turns = TURN.matcher(out).results().toList();
        assertThat(turns).extracting(turn -> turn.group(1)).containsExactly("ada", "ada", "ben", "ben");
        for (int first = 0; first < 4; first += 2) {
            assertThat(number(turns.get(first), 3))
                    .as("not what the other tenant asked")
                    .isEqualTo(warmed);
            assertThat(number(turns.get(first + 1), 3))
                    .as("the first turn, whole")
                    .isGreaterThanOrEqualTo(number(turns.get(first), 2));
        }
        assertThat(out).contains("kept for everybody: " + warmed + " tokens, 2 uses, pinned\n");
        assertThat(out).containsPattern("evicted: [1-9]\n\\d+ % of all prompt tokens were cached\n$");
    }

    private static int number(MatchResult match, int group) {
        return Integer.parseInt(match.group(group));
    }

    private static String run() {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            SharedPrompt.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
