package dev.tokapu.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.Status;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScratchTest {

    private static final int LARGE = 5 << 20;

    @Test
    void take_inSequence_givesTheSameMemory() {
        Scratch first = Scratch.take();
        MemorySegment memory = first.a.reserve(100);
        first.close();
        try (Scratch second = Scratch.take()) {
            assertThat(second).isSameAs(first);
            assertThat(second.a.reserve(100)).isSameAs(memory);
        }
    }

    @Test
    void take_nested_givesOtherMemory() {
        try (Scratch outer = Scratch.take();
                Scratch inner = Scratch.take()) {
            outer.a.in(new int[] {1, 2, 3}, 3);
            inner.a.in(new int[] {7, 8, 9}, 3);
            int[] back = new int[3];
            outer.a.out(back, 3);
            assertThat(back).containsExactly(1, 2, 3);
        }
    }

    @Test
    void take_moreThanThePoolHolds_works() {
        Scratch[] all = new Scratch[200];
        for (int i = 0; i < all.length; i++) {
            all[i] = Scratch.take();
        }
        assertThat(all).doesNotHaveDuplicates();
        for (Scratch scratch : all) {
            scratch.close();
        }
    }

    @Test
    void buffer_largeArray_livesForOneCallOnly() {
        MemorySegment memory;
        try (Scratch scratch = Scratch.take()) {
            byte[] large = new byte[LARGE];
            Arrays.fill(large, (byte) 5);
            memory = scratch.a.in(large);
            byte[] back = new byte[LARGE];
            scratch.a.out(back, LARGE);
            assertThat(back).isEqualTo(large);
        }
        assertThat(memory.scope().isAlive()).isFalse();
        assertThatThrownBy(() -> memory.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void buffer_afterALargeArray_isReadFromItsOwnMemory() {
        try (Scratch scratch = Scratch.take()) {
            scratch.a.reserve(LARGE);
            scratch.a.reserve(LARGE + 1L);
            scratch.a.in(new float[] {1, 2}, 2);
            float[] back = new float[2];
            scratch.a.out(back, 2);
            assertThat(back).containsExactly(1, 2);
        }
    }

    @Test
    void buffer_emptyOrNegativeCount_isValidMemory() {
        Buffer buffer = new Buffer();
        assertThat(buffer.in(new byte[0]).address()).isNotZero();
        assertThat(buffer.in(new int[3], -5).address()).isNotZero();
    }

    @Test
    void results_failedCall_leavesArraysAlone() {
        try (Scratch scratch = Scratch.take()) {
            int[] n = {42};
            scratch.cell(n).set(ValueLayout.JAVA_INT, 0, 7);
            assertThat(scratch.intTo(Status.ERROR_HANDLE, n)).isEqualTo(Status.ERROR_HANDLE);
            assertThat(n).containsExactly(42);
            byte[] text = {1, 2};
            scratch.textTo(Status.ERROR_BUFFER, text, n);
            assertThat(n).containsExactly(7);
            assertThat(text).containsExactly(1, 2);
        }
    }

    @Test
    void cell_emptyArray_isRefused() {
        try (Scratch scratch = Scratch.take()) {
            assertThatThrownBy(() -> scratch.cell(new long[0])).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> scratch.secondCell(new int[0])).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
