package dev.tokapu.examples.kotlin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("ffm")
class CoroutinesIT {

    @Test
    void main_streamsAnswersAndCallsTheTool() throws ReflectiveOperationException {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            // Java's compiler does not see it.
            CoroutinesKt.class.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(before);
        }
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(
                        "Stream: ",
                        "Together: [",
                        "Value: Forecast(degrees=",
                        "Tool: called for a town of",
                        "Answer: ");
    }
}
