package dev.tokapu.internal.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdleProcessorsTest {

    @TempDir
    Path folder;

    private void stat(long user, long idle, long ioWait) {
        new FakeRoot(folder)
                .file(
                        "proc/stat",
                        "cpu  " + user + " 0 0 " + idle + " " + ioWait + " 0 0 0 0 0\n"
                                + "cpu0 1 0 0 1 0 0 0 0 0 0\ncpu1 1 0 0 1 0 0 0 0 0 0\nintr 5 1 2\n");
    }

    @Test
    void ticks_betweenTwoCalls_areProcessors() {
        IdleProcessors processors = new IdleProcessors(folder);
        stat(100, 1000, 0);
        assertThat(processors.sinceLast()).isNaN();
        stat(150, 1040, 10);
        assertThat(processors.sinceLast()).isEqualTo(1);
        stat(250, 1040, 10);
        assertThat(processors.sinceLast()).isZero();
        assertThat(processors.sinceLast()).isNaN();
    }

    @Test
    void noFile_orAnother_isNotKnown() {
        IdleProcessors processors = new IdleProcessors(folder);
        assertThat(processors.sinceLast()).isNaN();
        new FakeRoot(folder).file("proc/stat", "cpu  a b c\n");
        assertThat(processors.sinceLast()).isNaN();
        assertThat(processors.sinceLast()).isNaN();
    }
}
