package dev.tokapu.examples.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spark.TokapuSpark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TypedTextsIT {

    @Test
    void main_folder_isATableOfAnswers() throws IOException {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            TypedTexts.main(new String[] {"texts"});
        } finally {
            System.setOut(before);
            TokapuSpark.closeIdleEngines();
        }
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("0 rows without an answer\nTokapuMetrics[requests=3, ")
                .containsPattern("\\|chairs.txt *\\|(GOOD|BAD) *\\|(true|false) *\\|NULL\\|");
    }
}
