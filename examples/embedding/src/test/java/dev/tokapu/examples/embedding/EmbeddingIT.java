package dev.tokapu.examples.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmbeddingIT {

    @Test
    void main_sentencesOfOneMeaning_areMoreAlike() {
        List<String> lines = run().lines().toList();
        assertThat(lines).hasSize(6);
        double cats = similarity(lines.get(0));
        double money = similarity(lines.get(5));
        for (String other : lines.subList(1, 5)) {
            assertThat(similarity(other)).isLessThan(cats).isLessThan(money);
        }
        assertThat(cats).isLessThan(1);
    }

    private static double similarity(String line) {
        return Double.parseDouble(line.substring(0, line.indexOf(' ')));
    }

    private static String run() {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            Embedding.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
