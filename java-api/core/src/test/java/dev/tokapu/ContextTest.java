package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.exception.DecodeException;
import dev.tokapu.spi.Status;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ContextTest {

    private final FakeApi fake = new FakeApi();
    private Model model;
    private Context context;

    @BeforeEach
    void open() {
        model = fake.model();
        context = model.newContext(ContextOptions.builder().maxSequences(2).build());
    }

    @AfterEach
    void close() {
        context.close();
        model.close();
    }

    private static Batch batch(int tokens) {
        return new Batch(64).addAll(new int[tokens], 0, 0);
    }

    @Test
    void sizes_opened_areThoseInEffect() {
        assertThat(context.info().contextSize()).isEqualTo(64);
        assertThat(context.info().sequenceContextSize()).isEqualTo(32);
        assertThat(context.info().batchSize()).isEqualTo(16);
        assertThat(context.info().microBatchSize()).isEqualTo(8);
        assertThat(context.info().maxSequences()).isEqualTo(2);
        assertThat(context).hasToString("Context of Model 'fake.gguf' (64 tokens)");
    }

    @Test
    void decode_statuses_becomeEnum() {
        assertThat(context.decode(batch(1))).isEqualTo(DecodeStatus.OK);
        fake.on("contexts.decode", a -> dev.tokapu.spi.DecodeStatus.NO_KV_SLOT);
        assertThat(context.decode(batch(1))).isEqualTo(DecodeStatus.NO_KV_SLOT);
        fake.on("contexts.decode", a -> dev.tokapu.spi.DecodeStatus.ABORTED);
        assertThat(context.decode(batch(1))).isEqualTo(DecodeStatus.ABORTED);
        fake.fail("contexts.decode", Status.ERROR_DECODE, "the reason");
        assertThatExceptionOfType(DecodeException.class)
                .isThrownBy(() -> context.decode(batch(1)))
                .withMessageContaining("the reason");
    }

    @Test
    void decode_batch_arrivesAsItIs() {
        AtomicReference<Object[]> arguments = new AtomicReference<>();
        fake.on("contexts.decode", a -> {
            arguments.set(a.clone());
            return 0;
        });
        context.decode(new Batch(4).add(5, 0, false, 0, 1).add(6, 1, 1, true));
        Object[] a = arguments.get();
        assertThat(a[1]).isEqualTo(2);
        assertThat(Arrays.copyOf((int[]) a[2], 2)).containsExactly(5, 6);
        assertThat(a[3]).isNull();
        assertThat(Arrays.copyOf((int[]) a[4], 2)).containsExactly(0, 1);
        assertThat(Arrays.copyOf((int[]) a[5], 2)).containsExactly(2, 1);
        assertThat(Arrays.copyOf((int[]) a[6], 3)).containsExactly(0, 1, 1);
        assertThat(Arrays.copyOf((byte[]) a[7], 2)).containsExactly(0, 1);
    }

    @Test
    void decode_tooManyTokens_saysWhatToDo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.decode(batch(17)))
                .withMessage(
                        "the batch has 17 tokens but the context takes 16 at once; raise ContextOptions.batchSize or"
                                + " split the batch");
        assertThat(fake.count("contexts.decode")).isZero();
    }

    @Test
    void decode_badValues_areRefusedBeforeNativeCode() {
        Batch batch = new Batch(4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.decode(batch))
                .withMessageContaining("empty");
        batch.add(100, 0, 0, true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.decode(batch))
                .withMessageContaining("token 100")
                .withMessageContaining("0 to 99");
        batch.clear().add(-1, 0, 0, true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.decode(batch))
                .withMessageContaining("token -1");
        batch.clear().add(1, 0, 2, true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.decode(batch))
                .withMessageContaining("sequence 2")
                .withMessageContaining("ContextOptions.maxSequences");
        Batch wide = Batch.ofEmbeddings(1, 5).addEmbedding(new float[5], 0, 0, true);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.decode(wide))
                .withMessageContaining("5 floats; the model takes 4");
        assertThat(fake.count("contexts.decode")).isZero();
    }

    @Test
    void decode_sequenceTooLong_throwsOverflow() {
        Batch batch = new Batch(16).add(1, 32, 0, true);
        fake.on("memory.seqRange", a -> {
            ((int[]) a[2])[0] = 0;
            ((int[]) a[3])[0] = 31;
            return 0;
        });
        assertThatExceptionOfType(ContextOverflowException.class)
                .isThrownBy(() -> context.decode(batch))
                .satisfies(e -> assertThat(e.promptTokens()).isEqualTo(33))
                .satisfies(e -> assertThat(e.contextSize()).isEqualTo(32));
        assertThat(fake.count("contexts.decode")).isZero();
    }

    @Test
    void decode_startOfSequenceRemoved_allowsLargePositions() {
        fake.on("memory.seqRange", a -> {
            ((int[]) a[2])[0] = 10;
            ((int[]) a[3])[0] = 31;
            return 0;
        });
        assertThat(context.decode(new Batch(1).add(1, 32, 0, true))).isEqualTo(DecodeStatus.OK);
    }

    @Test
    void logits_notAskedFor_throws() {
        assertThatIllegalStateException()
                .isThrownBy(() -> context.outputs().logits(0))
                .withMessageContaining("decode a batch first");
        context.decode(batch(3));
        assertThat(context.outputs().logits(2)).hasSize(FakeApi.VOCAB_SIZE);
        assertThat(context.outputs().logits(-1)).hasSize(FakeApi.VOCAB_SIZE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.outputs().logits(1))
                .withMessageContaining("token 1")
                .withMessageContaining("output = true");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.outputs().logits(3))
                .withMessageContaining("0 to 2");
        assertThatIllegalArgumentException().isThrownBy(() -> context.outputs().logits(-2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.outputs().copyLogits(2, new float[5]))
                .withMessageContaining("100");
    }

    @Test
    void logits_afterFailedDecode_throws() {
        context.decode(batch(1));
        fake.on("contexts.decode", a -> dev.tokapu.spi.DecodeStatus.NO_KV_SLOT);
        context.decode(batch(1));
        assertThatIllegalStateException().isThrownBy(() -> context.outputs().logits(0));
    }

    @Test
    void embeddings_withoutEmbeddings_throws() {
        context.decode(batch(1));
        assertThatIllegalStateException()
                .isThrownBy(() -> context.outputs().embeddings(0))
                .withMessageContaining("ContextOptions.embeddings");
    }

    @Test
    void encode_decoderModel_throws() {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> context.encode(batch(1)))
                .withMessageContaining("no encoder");
    }

    @Test
    void abort_nothingRunning_doesNothing() {
        context.abort();
        assertThat(fake.count("contexts.abort")).isZero();
        assertThat(context.decode(batch(1))).isEqualTo(DecodeStatus.OK);
    }

    @Test
    void abort_running_isSetAndEnded() throws InterruptedException {
        CountDownLatch aborted = new CountDownLatch(1);
        StringBuilder active = new StringBuilder();
        fake.on("contexts.abort", a -> {
            active.append(a[1]);
            aborted.countDown();
            return 0;
        });
        fake.on("contexts.decode", a -> {
            Thread thread = new Thread(context::abort);
            thread.start();
            await(aborted);
            return dev.tokapu.spi.DecodeStatus.ABORTED;
        });
        assertThat(context.decode(batch(1))).isEqualTo(DecodeStatus.ABORTED);
        assertThat(active).hasToString("10");
    }

    @Test
    void close_whileDecoding_endsDecodeWithException() {
        fake.on("contexts.decode", a -> {
            context.close();
            return dev.tokapu.spi.DecodeStatus.ABORTED;
        });
        assertThatIllegalStateException()
                .isThrownBy(() -> context.decode(batch(1)))
                .withMessageContaining("is closed");
        assertThat(fake.count("contexts.free")).isEqualTo(1);
    }

    @Test
    void use_closed_throws() {
        context.close();
        context.close();
        assertThat(context.isClosed()).isTrue();
        assertThatIllegalStateException()
                .isThrownBy(() -> context.decode(batch(1)))
                .withMessage("Context of Model 'fake.gguf' is closed");
        assertThatIllegalStateException().isThrownBy(() -> context.kvCache().clear());
        assertThatIllegalStateException().isThrownBy(() -> context.setThreads(1, 1));
        assertThat(fake.count("contexts.free")).isEqualTo(1);
    }

    @Test
    void use_modelClosedFirst_works() {
        model.close();
        context.decode(batch(1));
        assertThat(context.outputs().logits(0)).hasSize(FakeApi.VOCAB_SIZE);
        assertThatIllegalStateException()
                .isThrownBy(() -> model.newContext())
                .withMessage("Model 'fake.gguf' is closed");
        assertThatIllegalStateException().isThrownBy(() -> model.vocab().tokenize("x"));
    }

    @Test
    void use_nativeBusy_isIllegalState() {
        fake.fail("contexts.decode", Status.ERROR_BUSY, "busy");
        assertThatIllegalStateException()
                .isThrownBy(() -> context.decode(batch(1)))
                .withMessageContaining("one thread at a time");
    }

    @Test
    void kvCache_badArguments_areRefused() {
        KvCache cache = context.kvCache();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cache.remove(2, 0, -1))
                .withMessageContaining("sequence 2");
        assertThatIllegalArgumentException().isThrownBy(() -> cache.maxPosition(-1));
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> cache.shift(0, 0, -1, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> {
                    fake.on("memory.seqRange", a -> {
                        ((int[]) a[3])[0] = 31;
                        return 0;
                    });
                    cache.copy(0, 1, 3, 5);
                })
                .withMessageContaining("KvCacheOptions.unified");
        assertThat(cache.remove(0, 0, 3)).isTrue();
        fake.fail("memory.seqRm", Status.ERROR_UNSUPPORTED, "recurrent");
        assertThat(cache.remove(0, 0, 3)).isFalse();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
