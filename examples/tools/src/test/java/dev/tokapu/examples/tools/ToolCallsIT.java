package dev.tokapu.examples.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("ffm")
class ToolCallsIT {

    @Test
    void main_callsTheToolThatIsAskedFor() {
        // The model may write arguments on several lines.
        assertThat(run())
                .containsPattern("^weather\\{\\s*\"town\"\\s*:\\s*\"(PARIS|ROME|OSLO)\"\\s*\\} -> sunny in \\1\n")
                .containsPattern("\n(A|No a)nswer: ")
                .contains("\nBy hand: ");
    }

    private static String run() {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            ToolCalls.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
