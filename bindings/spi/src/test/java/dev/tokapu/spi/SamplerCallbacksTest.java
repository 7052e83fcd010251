package dev.tokapu.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SamplerCallbacksTest {

    private final List<String> events = new ArrayList<>();

    private final class Recorder implements SamplerCallback {

        @Override
        public void apply(int n) {
            events.add("apply " + n);
        }

        @Override
        public void accept(int token) {
            if (token < 0) {
                throw new AssertionError("a failure");
            }
            events.add("accept " + token);
        }

        @Override
        public void reset() {
            events.add("reset");
        }

        @Override
        public SamplerCallback copy() {
            return new Recorder();
        }
    }

    @Test
    void call_everyEvent_reachesTheCallback() {
        long number = SamplerCallbacks.add(new Recorder());
        assertThat(SamplerCallbacks.call(number, SamplerEvent.APPLY, 9)).isZero();
        assertThat(SamplerCallbacks.call(number, SamplerEvent.ACCEPT, 4)).isZero();
        assertThat(SamplerCallbacks.call(number, SamplerEvent.RESET, 0)).isZero();
        assertThat(events).containsExactly("apply 9", "accept 4", "reset");
        long copy = SamplerCallbacks.call(number, SamplerEvent.CLONE, 0);
        assertThat(copy).isNotNegative().isNotEqualTo(number);
        assertThat(SamplerCallbacks.call(copy, SamplerEvent.FREE, 0)).isZero();
        assertThat(SamplerCallbacks.call(number, SamplerEvent.FREE, 0)).isZero();
        assertThat(SamplerCallbacks.size()).isZero();
    }

    @Test
    void call_whatThrowsOrIsUnknown_isAFailure() {
        long number = SamplerCallbacks.add(new Recorder());
        assertThat(SamplerCallbacks.call(number, SamplerEvent.ACCEPT, -1)).isNegative();
        assertThat(SamplerCallbacks.call(number, 77, 0)).isNegative();
        SamplerCallbacks.remove(number);
        assertThat(SamplerCallbacks.call(number, SamplerEvent.RESET, 0)).isNegative();
        assertThat(SamplerCallbacks.call(1_000_000, SamplerEvent.RESET, 0)).isNegative();
    }

    @Test
    void add_many_givesEachANumberAndUsesItAgain() {
        long[] numbers = LongStream.range(0, 100)
                .map(i -> SamplerCallbacks.add(new Recorder()))
                .toArray();
        assertThat(LongStream.of(numbers).distinct()).hasSize(100);
        assertThat(SamplerCallbacks.size()).isEqualTo(100);
        SamplerCallbacks.remove(numbers[17]);
        assertThat(SamplerCallbacks.add(new Recorder())).isEqualTo(numbers[17]);
        LongStream.of(numbers).forEach(SamplerCallbacks::remove);
        assertThat(SamplerCallbacks.size()).isZero();
    }

    @Test
    void candidates_tooShortState_isRefused() {
        assertThat(ArrayChecks.candidates(new int[4], new float[3], new float[5], new int[3]))
                .isEqualTo(3);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> ArrayChecks.candidates(new int[1], new float[1], new float[1], new int[2]))
                .withMessageContaining("state");
    }
}
