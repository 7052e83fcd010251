package dev.tokapu.examples.forkandvote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ForkAndVoteIT {

    @Test
    void main_defaultModel_countsEightVotes() {
        String out = run();
        assertThat(out.lines().filter(line -> line.startsWith("answer "))).hasSize(8);
        String votes = out.substring(out.indexOf("votes: {") + 8, out.indexOf('}'));
        int sum = 0;
        for (String vote : votes.split(", ", -1)) {
            sum += Integer.parseInt(vote.substring(vote.indexOf('=') + 1));
        }
        assertThat(sum).isEqualTo(8);
        assertThat(run()).isEqualTo(out);
    }

    private static String run(String... args) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            ForkAndVote.main(args);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
