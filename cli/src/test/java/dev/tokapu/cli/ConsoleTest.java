package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsoleTest {

    @Test
    void readLine_leavesOutTheEndsOfBothSystems() {
        Console console = new FakeConsole("yes\r\nnö\n\rlast").console;
        assertThat(console.readLine()).isEqualTo("yes");
        assertThat(console.readLine()).isEqualTo("nö");
        assertThat(console.readLine()).isEqualTo("\rlast");
        assertThat(console.readLine()).isNull();
    }

    @Test
    void status_coversTheOneBefore() {
        FakeConsole fake = new FakeConsole("");
        fake.console.status("Loading 10 %");
        fake.console.status("Load");
        fake.console.status("");
        assertThat(fake.err()).isEqualTo("\rLoading 10 %" + "\rLoad        " + "\r    \r");
    }

    @Test
    void status_atATerminal_staysOnItsLine() {
        FakeConsole fake = new FakeConsole("", true);
        fake.console.status("Loading 10 %");
        fake.console.status("");
        assertThat(fake.err()).isEqualTo("\r\033[?7lLoading 10 %\033[K\033[?7h" + "\r\033[K");
    }

    @Test
    void readAllUtf8_otherEncodings_areRefused() {
        assertThat(new FakeConsole("ä\n").console.readAllUtf8()).isEqualTo("ä\n");
        byte[] latin1 = "ä".getBytes(StandardCharsets.ISO_8859_1);
        Console console = new Console(
                new ByteArrayInputStream(latin1), OutputStream.nullOutputStream(), System.err, false, false, false);
        assertThatThrownBy(console::readAllUtf8)
                .isInstanceOf(CliException.class)
                .hasMessageContaining("standard input is not UTF-8");
    }
}
