package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_UNSUPPORTED;
import static dev.tokapu.spi.Status.OK;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryContractIT extends Contract {

    private long context;

    @BeforeEach
    void decodeTenTokens() {
        context = context(model());
        ok(decodeTokens(context, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14));
    }

    private int[] range(int sequence) {
        int[] min = new int[1];
        int[] max = new int[1];
        ok(api.memory().seqRange(context, sequence, min, max));
        return new int[] {min[0], max[0]};
    }

    @Test
    void memorySeqRange_filledAndEmpty_tellsBoth() {
        assertThat(range(0)).containsExactly(0, 9);
        assertThat(range(1)).containsExactly(-1, -1);
    }

    @Test
    void memoryClear_all_isEmpty() {
        ok(api.memory().clear(context, 0));
        assertThat(range(0)).containsExactly(-1, -1);
        refused(ERROR_ARGUMENT, api.memory().clear(context, 2), "data");
    }

    @Test
    void memorySeqRm_tail_isGone() {
        ok(api.memory().seqRm(context, 0, 6, -1));
        assertThat(range(0)).containsExactly(0, 5);
        ok(api.memory().seqRm(context, -1, -1, -1));
        assertThat(range(0)).containsExactly(-1, -1);
    }

    @Test
    void memorySeqCp_sequence_isInBoth() {
        ok(api.memory().seqCp(context, 0, 1, -1, -1));
        assertThat(range(1)).containsExactly(0, 9);
        ok(api.memory().seqCp(context, 1, 1, -1, -1));
        assertThat(range(1)).containsExactly(0, 9);
    }

    @Test
    void memorySeqKeep_other_isGone() {
        ok(api.memory().seqCp(context, 0, 1, -1, -1));
        ok(api.memory().seqKeep(context, 1));
        assertThat(range(0)).containsExactly(-1, -1);
        assertThat(range(1)).containsExactly(0, 9);
    }

    @Test
    void memorySeqAdd_shift_movesPositions() {
        ok(api.memory().seqRm(context, 0, 0, 3));
        ok(api.memory().seqAdd(context, 0, 3, -1, -3));
        assertThat(range(0)).containsExactly(0, 6);
        ok(decodeTokens(context, 5));
        assertThat(range(0)).containsExactly(0, 7);
    }

    @Test
    void memorySeqDiv_two_halvesPositions() {
        ok(api.memory().seqDiv(context, 0, 0, -1, 2));
        assertThat(range(0)).containsExactly(0, 4);
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 2, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void memoryFunctions_sequenceOutOfRange_areRefused(int sequence) {
        String value = "" + sequence;
        refused(ERROR_ARGUMENT, api.memory().seqRm(context, sequence, 0, -1), value);
        refused(ERROR_ARGUMENT, api.memory().seqCp(context, sequence, 0, 0, -1), value);
        refused(ERROR_ARGUMENT, api.memory().seqCp(context, 0, sequence, 0, -1), value);
        refused(ERROR_ARGUMENT, api.memory().seqKeep(context, sequence), value);
        refused(ERROR_ARGUMENT, api.memory().seqAdd(context, sequence, 0, -1, 1), value);
        refused(ERROR_ARGUMENT, api.memory().seqDiv(context, sequence, 0, -1, 2), value);
        refused(ERROR_ARGUMENT, api.memory().seqRange(context, sequence, new int[1], new int[1]), value);
        assertThat(range(0)).containsExactly(0, 9);
    }

    @Test
    void memorySeqAdd_deltaOutOfRange_isRefused() {
        refused(ERROR_ARGUMENT, api.memory().seqAdd(context, 0, 0, -1, Integer.MAX_VALUE), "delta");
        refused(ERROR_ARGUMENT, api.memory().seqAdd(context, 0, 0, -1, Integer.MIN_VALUE), "delta");
        refused(ERROR_ARGUMENT, api.memory().seqAdd(context, 0, 0, -1, Integer.MAX_VALUE / 2), "position");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void memorySeqDiv_divisorOutOfRange_isRefused(int divisor) {
        refused(ERROR_ARGUMENT, api.memory().seqDiv(context, 0, 0, -1, divisor), "divisor");
    }

    @Test
    void memoryFunctions_oddRanges_neverEndTheProcess() {
        int[] values = {Integer.MIN_VALUE, -5, 0, 3, 9, 10, 1000, Integer.MAX_VALUE};
        for (int p0 : values) {
            for (int p1 : values) {
                assertThat(api.memory().seqAdd(context, 0, p0, p1, 0)).isIn(OK, ERROR_ARGUMENT, ERROR_UNSUPPORTED);
                assertThat(api.memory().seqCp(context, 0, 1, p0, p1)).isIn(OK, ERROR_ARGUMENT, ERROR_UNSUPPORTED);
                assertThat(api.memory().seqDiv(context, 1, p0, p1, 1)).isIn(OK, ERROR_ARGUMENT, ERROR_UNSUPPORTED);
                assertThat(api.memory().seqRm(context, 1, p0, p1)).isIn(OK, ERROR_ARGUMENT, ERROR_UNSUPPORTED);
            }
        }
        ok(api.memory().clear(context, 1));
        ok(decodeTokens(context, 5));
    }
}
