package dev.tokapu.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Sequence;
import dev.tokapu.SequenceState;
import dev.tokapu.TinyModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Room is made for a state before it is written. */
class DiskFormatIT {

    private static final int TOKENS = 50;

    @TinyModel
    private static Model model;

    @Test
    void bytes_areNoLessThanWhatIsWritten() throws IOException {
        ContextOptions options = ContextOptions.builder()
                .contextSize(TOKENS)
                .threads(1)
                .batchThreads(1)
                .build();
        try (Context context = model.newContext(options)) {
            int[] tokens = IntStream.range(3, 3 + TOKENS).toArray();
            context.decode(new Batch(TOKENS).addAll(tokens, 0, 0));
            DiskPrefixes.Format format = DiskPrefixes.Format.of(SequenceState.key(context));
            try (SavedSequence state = new SavedSequence(Sequence.of(context, 0).state())) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                format.write(state, out);
                assertThat((long) out.size()).isBetween(format.bytes(state) - 100, format.bytes(state));
            }
        }
    }
}
