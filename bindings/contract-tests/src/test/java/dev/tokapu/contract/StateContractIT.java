package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_HANDLE;
import static dev.tokapu.spi.Status.ERROR_STATE;
import static dev.tokapu.spi.Status.ERROR_UNSUPPORTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StateContractIT extends Contract {

    private long context;

    @BeforeEach
    void decodeFiveTokens() {
        context = context(model());
        ok(decodeTokens(context, 5, 6, 7, 8, 9));
    }

    private long saved() {
        long[] state = new long[1];
        ok(api.states().save(context, 0, 0, state));
        return state[0];
    }

    private byte[] bytes(long state) {
        long[] size = new long[1];
        ok(api.states().size(state, size));
        byte[] bytes = new byte[(int) size[0]];
        int half = bytes.length / 2;
        byte[] rest = new byte[bytes.length - half];
        ok(api.states().read(state, 0, bytes, half));
        ok(api.states().read(state, half, rest, rest.length));
        System.arraycopy(rest, 0, bytes, half, rest.length);
        return bytes;
    }

    private int length(int sequence) {
        int[] max = new int[1];
        ok(api.memory().seqRange(context, sequence, new int[1], max));
        return max[0] + 1;
    }

    @Test
    void state_savedReadAndRestored_isInTheOtherSequence() {
        long state = saved();
        byte[] bytes = bytes(state);
        ok(api.states().free(state));
        long[] copy = new long[1];
        ok(api.states().create(copy));
        ok(api.states().append(copy[0], bytes, bytes.length - 3));
        refused(ERROR_STATE, api.states().restore(copy[0], context, 1, 0), "too early");
        assertThat(length(1)).isZero();
        ok(api.states().append(copy[0], Arrays.copyOfRange(bytes, bytes.length - 3, bytes.length), 3));
        ok(api.states().restore(copy[0], context, 1, 0));
        assertThat(length(1)).isEqualTo(5);
        assertThat(length(0)).isEqualTo(5);
        ok(api.states().free(copy[0]));
        refused(ERROR_HANDLE, api.states().free(copy[0]), "state");
    }

    private long left(long copy) {
        long[] left = new long[1];
        ok(api.states().copyNext(copy, 1, left));
        return left[0];
    }

    @Test
    void state_copiedInPartsBesideDecoding_isThatOfTheBeginning() {
        long whole = saved();
        byte[] expected = bytes(whole);
        ok(api.states().free(whole));
        long[] copy = new long[1];
        ok(api.states().copySave(context, 0, 0, 0, copy));
        long[] state = new long[1];
        refused(ERROR_ARGUMENT, api.states().copyState(copy[0], state), "still to be copied");
        do {
            ok(decodeTokens(context, 10));
        } while (left(copy[0]) > 0);
        ok(api.states().copyState(copy[0], state));
        ok(api.states().copyFree(copy[0]));
        assertThat(bytes(state[0])).isEqualTo(expected);
        ok(api.states().copyRestore(state[0], context, 1, copy));
        while (left(copy[0]) > 0) {
            assertThat(length(1)).isEqualTo(5);
        }
        refused(ERROR_ARGUMENT, api.states().copyState(copy[0], new long[1]), "puts a state back");
        ok(api.states().copyFree(copy[0]));
        assertThat(length(1)).isEqualTo(5);
        assertThat(length(0)).isGreaterThan(5);
        refused(ERROR_HANDLE, api.states().copyFree(copy[0]), "state copy");
        refused(ERROR_HANDLE, api.states().copyNext(state[0], 1, new long[1]));
        refused(ERROR_HANDLE, api.states().copySave(state[0], 0, 0, 0, copy));
        refused(ERROR_HANDLE, api.states().copyRestore(context, context, 0, copy));
        refused(ERROR_HANDLE, api.states().copyState(context, copy));
        refused(ERROR_ARGUMENT, api.states().copySave(context, 99, 0, 0, copy), "seq_id");
        assertThatThrownBy(() -> api.states().copySave(context, 0, 0, 0, new long[0]))
                .isInstanceOf(IndexOutOfBoundsException.class);
        ok(api.states().free(state[0]));
    }

    @Test
    void state_continuingAnotherOne_hasAllOfIt() {
        long first = saved();
        ok(decodeTokens(context, 10));
        long[] copy = new long[1];
        ok(api.states().copySave(context, 0, first, 5, copy));
        while (left(copy[0]) > 0) {
            assertThat(length(0)).isEqualTo(6);
        }
        long[] state = new long[1];
        ok(api.states().copyState(copy[0], state));
        ok(api.states().copyFree(copy[0]));
        refused(ERROR_ARGUMENT, api.states().append(state[0], new byte[1], 1), "cannot grow");
        ok(api.states().free(first));
        long whole = saved();
        assertThat(bytes(state[0])).hasSameSizeAs(bytes(whole));
        ok(api.states().restore(state[0], context, 1, 0));
        assertThat(length(1)).isEqualTo(6);
        ok(api.states().free(state[0]));
        ok(api.states().free(whole));
        refused(ERROR_HANDLE, api.states().copySave(context, 0, first, 5, copy), "state");
        refused(ERROR_ARGUMENT, api.states().copySave(context, 0, whole, -1, copy), "common");
    }

    @Test
    void copy_whoseSequenceIsCleared_isRefused() {
        long state = saved();
        long[] copy = new long[1];
        ok(api.states().copyRestore(state, context, 1, copy));
        assertThat(left(copy[0])).isPositive();
        ok(api.memory().seqRm(context, 1, -1, -1));
        refused(ERROR_STATE, api.states().copyNext(copy[0], 1, new long[1]), "removed, moved or replaced");
        ok(api.states().copyFree(copy[0]));
        ok(api.states().copySave(context, 0, 0, 0, copy));
        ok(api.memory().seqRm(context, 0, 3, -1));
        refused(ERROR_STATE, api.states().copyState(copy[0], new long[1]), "removed, moved or replaced");
        ok(api.states().copyFree(copy[0]));
        ok(api.states().free(state));
    }

    @Test
    void state_wrongArguments_areRefused() {
        long state = saved();
        refused(ERROR_ARGUMENT, api.states().save(context, 99, 0, new long[1]), "seq_id");
        refused(ERROR_UNSUPPORTED, api.states().save(context, 0, 1, new long[1]), "partial");
        refused(ERROR_ARGUMENT, api.states().read(state, -1, new byte[1], 1), "outside");
        refused(ERROR_ARGUMENT, api.states().append(state, new byte[1], -1), "length");
        refused(ERROR_ARGUMENT, api.states().read(state, 0, new byte[1], -1), "length");
        refused(ERROR_HANDLE, api.states().restore(model(), context, 0, 0));
        assertThatThrownBy(() -> api.states().append(state, new byte[1], 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> api.states().read(state, 0, new byte[1], 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> api.states().save(context, 0, 0, new long[0]))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> api.states().size(state, new long[0])).isInstanceOf(IndexOutOfBoundsException.class);
        ok(api.states().free(state));
    }

    @Test
    void contextStateKey_sameModel_isTheSame() {
        String key = text((buf, n) -> api.states().contextStateKey(context, buf, n));
        assertThat(key).contains("model\t").contains("type of V\tf16\n");
        long other = context(model());
        assertThat(text((buf, n) -> api.states().contextStateKey(other, buf, n)))
                .isEqualTo(key);
    }
}
