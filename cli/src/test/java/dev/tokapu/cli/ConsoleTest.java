package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
}
