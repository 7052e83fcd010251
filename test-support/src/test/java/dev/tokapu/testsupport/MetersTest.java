package dev.tokapu.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class MetersTest {

    private static volatile byte[] sink = new byte[0];

    @Test
    void allocatedBytes_codeThatAllocates_countsIt() {
        assertThat(AllocationMeter.allocatedBytes(() -> sink = new byte[10_000]))
                .isBetween(10_000L, 20_000L);
        assertThat(sink).hasSize(10_000);
    }

    @Test
    void resident_isPlausible() {
        assertThat(ProcessMemory.resident()).isBetween(10L << 20, 100L << 30);
        assertThat(ProcessMemory.threads()).isPositive();
        assertThat(ProcessMemory.openFiles()).isPositive();
    }

    @Test
    void logCapture_whileRunning_collectsLines() {
        try (LogCapture log = LogCapture.start()) {
            LoggerFactory.getLogger("x").warn("hello {}", 42);
            LoggerFactory.getLogger("x").debug("quiet");
            assertThat(log.messages("x")).containsExactly("hello 42", "quiet");
            assertThat(log.warnings()).containsExactly("hello 42");
            assertThat(log.lines().get(0).level()).isEqualTo(Level.WARN);
        }
    }

    @Test
    void tinyGguf_builtTwice_isTheSameAndSmall() {
        byte[] bytes = TinyGguf.builder().build().bytes();
        assertThat(bytes)
                .hasSizeLessThan(1 << 20)
                .isEqualTo(TinyGguf.builder().build().bytes());
        assertThat(TinyGguf.builder().seed(1).build().bytes()).isNotEqualTo(bytes);
    }
}
