package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.exception.SequenceStateException;
import dev.tokapu.testsupport.TinyGguf;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** States that go to bytes, streams and files, and bytes that are not what they should be. */
class SequenceStateIT {

    private static final int[] PROMPT = new Random(3).ints(40, 3, 340).toArray();

    @TempDir
    private static Path folder;

    private static Sequence decoded(Context context) {
        Batch batch = new Batch(PROMPT.length);
        for (int i = 0; i < PROMPT.length; i++) {
            batch.add(PROMPT[i], i, 0, false);
        }
        assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
        return Sequence.of(context, 0);
    }

    private static byte[] state(Model model, ContextOptions options) {
        try (Context context = model.newContext(options);
                SequenceState state = decoded(context).state(PROMPT)) {
            return state.toBytes();
        }
    }

    /** The bytes with another checksum, as somebody would make them who wants them to be read. */
    private static byte[] signed(byte[] bytes) {
        byte[] copy = bytes.clone();
        CRC32C checksum = new CRC32C();
        checksum.update(copy, 0, copy.length - 4);
        ByteBuffer.wrap(copy).putInt(copy.length - 4, (int) checksum.getValue());
        return copy;
    }

    @Test
    void saveAndLoad_file_isTheSame() throws IOException {
        Path file = folder.resolve("a.state");
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            Sequence sequence = decoded(context);
            try (SequenceState state = sequence.state(PROMPT)) {
                Files.writeString(file, "something else");
                state.save(file);
                assertThat(Files.readAllBytes(file)).isEqualTo(state.toBytes());
            }
            sequence.clear();
            try (SequenceState state = SequenceState.load(file)) {
                sequence.restore(state);
                assertThat(sequence.length()).isEqualTo(PROMPT.length);
                assertThat(state.tokens()).isEqualTo(PROMPT);
            }
            try (Stream<Path> left = Files.list(folder)) {
                assertThat(left.filter(f -> f.toString().endsWith(".part"))).isEmpty();
            }
        }
    }

    @Test
    void read_stream_endsWithTheState() throws IOException {
        try (Model model = TestModels.tiny()) {
            byte[] bytes = state(model, TestModels.small().build());
            ByteArrayOutputStream two = new ByteArrayOutputStream();
            two.writeBytes(bytes);
            two.writeBytes(bytes);
            ByteArrayInputStream in = new ByteArrayInputStream(two.toByteArray());
            for (int i = 0; i < 2; i++) {
                try (SequenceState state = SequenceState.read(in)) {
                    assertThat(state.length()).isEqualTo(PROMPT.length);
                }
            }
            assertThat(in.available()).isZero();
        }
    }

    @Test
    void writeTo_brokenStream_throwsItsException() {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("disk full");
            }
        };
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build());
                SequenceState state = decoded(context).state()) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> state.writeTo(broken))
                    .withMessage("disk full");
        }
    }

    @Test
    void of_anyFlippedBitOrCutEnd_isRefused() {
        try (Model model = TestModels.tiny()) {
            byte[] bytes = state(model, TestModels.small().build());
            long handles = TestModels.settledHandles();
            Random random = new Random(1);
            for (int i = 0; i < 600; i++) {
                byte[] flipped = bytes.clone();
                int at = i < 300 ? i : random.nextInt(bytes.length);
                flipped[at] ^= (byte) (1 << random.nextInt(8));
                assertThatExceptionOfType(SequenceStateException.class)
                        .as("byte %d", at)
                        .isThrownBy(() -> SequenceState.of(flipped));
                int length = i < 300 ? i : random.nextInt(bytes.length);
                assertThatExceptionOfType(SequenceStateException.class)
                        .as("length %d", length)
                        .isThrownBy(() -> SequenceState.of(Arrays.copyOf(bytes, length)));
            }
            assertThat(TestModels.liveHandles()).isEqualTo(handles);
        }
    }

    /** Every byte of llama.cpp's part may be anything: an exception or a wrong state, never an end of the JVM. */
    @ParameterizedTest
    @EnumSource
    void restore_forgedBytes_neverCrashes(MemoryKind kind) {
        try (Model model = Model.load(kind.write(folder));
                Context context = model.newContext(kind.options())) {
            byte[] bytes;
            try (SequenceState state = decoded(context).state()) {
                bytes = state.toBytes();
            }
            Sequence sequence = Sequence.of(context, 1);
            Random random = new Random(2);
            int refused = 0;
            for (int i = 0; i < 400; i++) {
                byte[] forged = forge(bytes, random, i);
                try (SequenceState state = SequenceState.of(forged)) {
                    sequence.restore(state);
                } catch (SequenceStateException e) {
                    refused++;
                    assertThat(e.getMessage()).isNotBlank();
                }
                sequence.clear();
            }
            assertThat(refused).isGreaterThan(20);
            Sequence.of(context, 0).clear();
            assertThat(decoded(context).length()).isEqualTo(PROMPT.length);
        }
    }

    /** Numbers near the beginning of llama.cpp's part, where its counts are, become extreme. */
    private static byte[] forge(byte[] bytes, Random random, int round) {
        byte[] forged = bytes.clone();
        ByteBuffer buffer = ByteBuffer.wrap(forged).order(ByteOrder.LITTLE_ENDIAN);
        int key = ByteBuffer.wrap(bytes).getInt(12);
        int payload = 16 + key + 4 + 4 + 8;
        int[] extremes = {0, -1, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 24, (1 << 24) + 1, 300, random.nextInt()
        };
        int at = round < 200 ? payload + 4 * (round % 50) : payload + random.nextInt(bytes.length - payload - 8);
        buffer.putInt(at, extremes[random.nextInt(extremes.length)]);
        return signed(forged);
    }

    @Test
    void restore_otherModelOrSettings_isRefusedWithTheDifference() {
        ContextOptions usual = TestModels.small().build();
        try (Model model = TestModels.tiny();
                Model other = Model.load(TinyGguf.builder().seed(43).build().write(folder.resolve("other.gguf")))) {
            byte[] bytes = state(model, usual);
            List<UnaryOperator<ContextOptions.Builder>> changes = List.of(
                    b -> b.kvCache(kv -> kv.keyType(KvType.F32)),
                    b -> b.flashAttention(FlashAttention.DISABLED),
                    b -> b.maxSequences(2).kvCache(kv -> kv.unified(false)),
                    b -> b.rope(RopeOptions.builder().freqBase(5000).build()));
            List<String> names = List.of(
                    "type of K was f16 and is f32",
                    "V laid out for flash attention was yes and is no",
                    "buffers of the KV cache",
                    "RoPE");
            for (int i = 0; i < changes.size(); i++) {
                try (Context context = model.newContext(
                                changes.get(i).apply(TestModels.small()).build());
                        SequenceState state = SequenceState.of(bytes)) {
                    Sequence sequence = Sequence.of(context, 0);
                    assertThatExceptionOfType(SequenceStateException.class)
                            .isThrownBy(() -> sequence.restore(state))
                            .withMessageContaining(names.get(i));
                }
            }
            try (Context context = other.newContext(usual);
                    SequenceState state = SequenceState.of(bytes)) {
                Sequence sequence = Sequence.of(context, 0);
                assertThatExceptionOfType(SequenceStateException.class)
                        .isThrownBy(() -> sequence.restore(state))
                        .withMessageContaining("model was");
                assertThat(sequence.isEmpty()).isTrue();
            }
        }
    }

    @Test
    void restore_contextTooSmall_isRefused() {
        try (Model model = TestModels.tiny();
                Context small = model.newContext(TestModels.small()
                        .maxSequences(2)
                        .kvCache(kv -> kv.unified(true))
                        .build())) {
            Batch batch = new Batch(240);
            for (int i = 0; i < 240; i++) {
                batch.add(5, i, 1, false);
            }
            assertThat(small.decode(batch)).isEqualTo(DecodeStatus.OK);
            byte[] bytes = state(model, TestModels.small().build());
            try (SequenceState state = SequenceState.of(bytes)) {
                Sequence sequence = Sequence.of(small, 0);
                assertThatExceptionOfType(SequenceStateException.class).isThrownBy(() -> sequence.restore(state));
                assertThat(sequence.isEmpty()).isTrue();
                assertThat(Sequence.of(small, 1).length()).isEqualTo(240);
            }
        }
    }

    @Test
    void useAfterClose_isRefused() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            SequenceState state = decoded(context).state();
            state.close();
            state.close();
            assertThatIllegalStateException().isThrownBy(state::size);
            assertThatIllegalStateException()
                    .isThrownBy(() -> Sequence.of(context, 0).restore(state));
        }
    }

    @Test
    void load_missingFile_throws() {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> SequenceState.load(folder.resolve("none")));
    }
}
