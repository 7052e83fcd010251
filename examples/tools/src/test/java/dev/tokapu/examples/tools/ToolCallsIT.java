package dev.tokapu.examples.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ToolCallsIT {

    @Test
    void main_callsTheToolThatIsAskedFor() {
        List<String> lines = run().lines().toList();
        assertThat(lines.get(0)).matches("weather\\{.*\"(PARIS|ROME|OSLO)\".*\\} -> sunny in (PARIS|ROME|OSLO)");
        assertThat(lines).anyMatch(line -> line.startsWith("Answer: ") || line.startsWith("No answer: "));
        assertThat(lines).anyMatch(line -> line.startsWith("By hand: "));
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
