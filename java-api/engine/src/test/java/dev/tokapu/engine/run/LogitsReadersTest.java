package dev.tokapu.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class LogitsReadersTest {

    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final List<String> read = new ArrayList<>();
    private final LogitsReaders readers = new LogitsReaders(waiting::add, 2);

    @Test
    void read_moreThanMayWait_isReadByTheCaller() {
        readers.read(() -> read.add("first"));
        readers.read(() -> read.add("second"));
        readers.read(() -> read.add("third"));
        assertThat(read).containsExactly("third");
        assertThat(waiting).hasSize(2);
        waiting.remove().run();
        readers.read(() -> read.add("fourth"));
        assertThat(read).containsExactly("third", "first");
        assertThat(waiting).hasSize(2);
    }

    @Test
    void read_thatFails_makesRoomAllTheSame() {
        for (int i = 0; i < 10; i++) {
            readers.read(() -> {
                throw new IllegalStateException("row");
            });
            Runnable row = waiting.remove();
            assertThatThrownBy(row::run).hasMessage("row");
        }
        assertThat(waiting).isEmpty();
    }
}
