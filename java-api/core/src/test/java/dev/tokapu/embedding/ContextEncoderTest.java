package dev.tokapu.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.ContextOptions;
import dev.tokapu.FakeApi;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.spi.DecodeStatus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContextEncoderTest {

    @Test
    void decodeThatALateAbortEnded_isRepeated_inAnEmptyKvCache() {
        FakeApi fake = new FakeApi();
        List<String> calls = new ArrayList<>();
        fake.on("memory.clear", a -> {
            calls.add("clear");
            return 0;
        });
        fake.on("contexts.decode", a -> {
            calls.add("decode");
            return calls.size() < 5 ? DecodeStatus.ABORTED : DecodeStatus.OK;
        });
        try (Model model = fake.model();
                ContextEncoder encoder = ContextEncoder.open(
                        model, ContextOptions.builder().pooling(Pooling.NONE).build())) {
            encoder.encode(List.of(new int[] {1, 2, 3}), (index, vectors) -> true);
        }
        assertThat(calls).containsExactly("clear", "decode", "clear", "decode", "clear", "decode");
    }
}
