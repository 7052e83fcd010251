package dev.tokapu.spi.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FilePathsTest {

    @Test
    void home_isThatOfJavaOrElseThatOfTheVariable() {
        Path java = Path.of("java").toAbsolutePath();
        Path variable = Path.of("variable").toAbsolutePath();
        assertThat(FilePaths.home(java.toString(), variable.toString())).contains(java);
        for (String none : new String[] {"?", "", "relative", null}) {
            assertThat(FilePaths.home(none, variable.toString())).contains(variable);
            assertThat(FilePaths.home(none, none)).isEmpty();
        }
    }

    @Test
    void advice_namesWhatTheSystemHas() {
        assertThat(FilePaths.advice(false)).contains("sun.jnu.encoding", "LC_ALL=C.UTF-8");
        assertThat(FilePaths.advice(true))
                .contains("sun.jnu.encoding", "code page")
                .doesNotContain("LC_ALL");
    }
}
