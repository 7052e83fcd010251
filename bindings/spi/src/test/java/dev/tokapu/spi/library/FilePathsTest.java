package dev.tokapu.spi.library;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FilePathsTest {

    @Test
    void advice_namesWhatTheSystemHas() {
        assertThat(FilePaths.advice(false)).contains("sun.jnu.encoding", "LC_ALL=C.UTF-8");
        assertThat(FilePaths.advice(true))
                .contains("sun.jnu.encoding", "code page")
                .doesNotContain("LC_ALL");
    }
}
