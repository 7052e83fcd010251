package dev.tokapu.examples.kotlin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.structured.StructuredOutputException;
import dev.tokapu.structured.StructuredType;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KotlinAnswersIT {

    @Test
    void main_printsTheReview() {
        assertThat(run()).matches("[1-5] stars for .*, .*, in .*\\n");
    }

    @Test
    void parse_withoutNullableAndDefault_takesNullAndTheDefault() {
        StructuredType<Review> type = StructuredType.of(Review.class);
        assertThat(type.parse("{\"product\": \"pan\", \"stars\": 5}")).isEqualTo(new Review("pan", 5, null, "English"));
        assertThat(type.parse("{\"product\":\"pan\",\"stars\":5,\"complaint\":\"dull\",\"language\":\"Latin\"}"))
                .isEqualTo(new Review("pan", 5, "dull", "Latin"));
    }

    @Test
    void parse_withoutWhatMustBeThere_isRefused() {
        StructuredType<Review> type = StructuredType.of(Review.class);
        assertThatExceptionOfType(StructuredOutputException.class)
                .isThrownBy(() -> type.parse("{\"product\": \"pan\"}"))
                .withMessageContaining("stars");
    }

    private static String run() {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            KotlinAnswersKt.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
