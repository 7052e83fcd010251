package dev.tokapu.internal.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.FakeApi;
import dev.tokapu.exception.SequenceStateException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class StateFormatTest {

    private final FakeApi fake = new FakeApi().on("states.create", a -> {
        ((long[]) a[0])[0] = 1000;
        return 0;
    });

    private StateFormat.Parts parts(int key) {
        return new StateFormat.Parts("k".repeat(key), 2, new int[] {5, 6}, NativeState.empty(fake.api()));
    }

    @Test
    void write_longestKey_canBeRead() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StateFormat.Parts parts = parts(1 << 16);
        StateFormat.write(parts, out);
        StateFormat.Parts read = StateFormat.read(fake.api(), new ByteArrayInputStream(out.toByteArray()));
        assertThat(read.key()).isEqualTo(parts.key());
        assertThat(read.tokens()).containsExactly(5, 6);
    }

    @Test
    void write_longerKey_isRefused() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatExceptionOfType(SequenceStateException.class)
                .isThrownBy(() -> StateFormat.write(parts((1 << 16) + 1), out))
                .withMessageContaining("65537 bytes");
        assertThat(out.size()).isZero();
    }
}
