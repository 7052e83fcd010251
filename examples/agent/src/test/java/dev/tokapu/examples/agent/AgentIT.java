package dev.tokapu.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("ffm")
class AgentIT {

    @Test
    void main_callsToolsAndEndsInAnOfferOrALimit() {
        // The model may write arguments on several lines.
        assertThat(run())
                .containsPattern("^(stock|price|multiply)\\{[^}]*\\} -> [0-9]+\n")
                .containsPattern("\n(Offer\\[product=(KETTLE|LAMP|KNIFE), .*\\]|No offer: .*)");
    }

    private static String run() {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            Agent.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
