package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.exception.ContextCreationException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.exception.TokapuException;
import dev.tokapu.source.ModelSource;
import dev.tokapu.spi.ModelInfoKey;
import dev.tokapu.spi.Status;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class ModelTest {

    private final FakeApi fake = new FakeApi();

    @Test
    void load_nativeFailure_namesSourceAndReason() {
        fake.fail("models.load", Status.ERROR_MODEL, "unknown architecture 'x'");
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(fake::model)
                .withMessageContaining("cannot load model folder/fake.gguf: unknown architecture 'x'")
                .satisfies(e -> assertThat(e.source()).isEqualTo("folder/fake.gguf"));
    }

    @Test
    void load_cancelled_throwsCancellation() {
        fake.fail("models.load", Status.ERROR_CANCELLED, "cancelled");
        assertThatExceptionOfType(CancellationException.class).isThrownBy(fake::model);
    }

    @Test
    void load_descriptionFails_freesModel() {
        fake.fail("models.info", Status.ERROR_NATIVE, "odd");
        assertThatExceptionOfType(TokapuException.class).isThrownBy(fake::model);
        assertThat(fake.count("models.free")).isEqualTo(1);
    }

    @Test
    void values_closed_canStillBeRead() {
        Model model = fake.model();
        model.close();
        assertThat(model.info().trainedContextSize()).isEqualTo(512);
        assertThat(model.info().hasDecoder()).isTrue();
        assertThat(model.vocab().size()).isEqualTo(FakeApi.VOCAB_SIZE);
        assertThat(model.vocab().type()).isEqualTo(VocabType.SPM);
        assertThat(model.vocab().specialTokens().bos()).hasValue(1);
        assertThat(model.vocab().specialTokens().pad()).isEmpty();
        assertThat(model.info().decoderStartToken()).isEmpty();
        assertThatIllegalStateException().isThrownBy(model::newContext).withMessage("Model 'fake.gguf' is closed");
    }

    @Test
    void metadata_read_isOrderedAndCached() {
        fake.on("models.info", a -> {
            ((long[]) a[1])[ModelInfoKey.N_META] = 2;
            return 0;
        });
        fake.on("models.metaKey", a -> FakeApi.text(a[2], a[3], "key" + a[1]));
        fake.on("models.metaValue", a -> FakeApi.text(a[2], a[3], "value" + a[1]));
        try (Model model = fake.model()) {
            assertThat(model.metadata())
                    .containsExactly(java.util.Map.entry("key0", "value0"), java.util.Map.entry("key1", "value1"));
            assertThat(model.metadata()).isSameAs(model.metadata());
            assertThat(fake.count("models.metaKey")).isEqualTo(2);
        }
    }

    @Test
    void newContext_nativeFailure_throwsContextCreation() {
        try (Model model = fake.model()) {
            fake.fail("contexts.create", Status.ERROR_CONTEXT, "too large");
            assertThatExceptionOfType(ContextCreationException.class)
                    .isThrownBy(model::newContext)
                    .withMessageContaining("too large");
            fake.fail("contexts.create", Status.ERROR_ARGUMENT, "odd option");
            assertThatExceptionOfType(ContextCreationException.class)
                    .isThrownBy(model::newContext)
                    .withMessageContaining("odd option");
        }
    }

    @Test
    void tokenize_moreTokensThanBytes_retries() {
        fake.on("vocab.tokenize", a -> {
            ((int[]) a[5])[0] = 9;
            return ((int[]) a[4]).length < 9 ? Status.ERROR_BUFFER : 0;
        });
        try (Model model = fake.model()) {
            assertThat(model.vocab().tokenize("abc")).hasSize(9);
            assertThat(fake.count("vocab.tokenize")).isEqualTo(2);
        }
    }

    @Test
    void tokenize_byDefault_doesNotParseSpecial() {
        fake.on("vocab.tokenize", a -> {
            assertThat(a[2]).isEqualTo(1);
            assertThat(a[3]).isEqualTo(0);
            return 0;
        });
        try (Model model = fake.model()) {
            assertThat(model.vocab().tokenize("<|im_end|>")).isEmpty();
        }
    }

    @Test
    void tokens_outOfRange_areRefused() {
        try (Model model = fake.model()) {
            Vocab vocab = model.vocab();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> vocab.piece(100))
                    .withMessage("token 100 is not in the vocabulary, which has the ids 0 to 99");
            assertThatIllegalArgumentException().isThrownBy(() -> vocab.text(-1));
            assertThatIllegalArgumentException().isThrownBy(() -> vocab.score(100));
            assertThatIllegalArgumentException().isThrownBy(() -> vocab.attributes(100));
            assertThatIllegalArgumentException().isThrownBy(() -> vocab.isEndOfGeneration(100));
            assertThatIllegalArgumentException().isThrownBy(() -> vocab.isControl(100));
            assertThatIllegalArgumentException().isThrownBy(() -> vocab.detokenize(1, 100));
        }
    }

    @Test
    void fileType_codes_haveLlamaNames() {
        assertThat(FileTypes.name(3)).isEqualTo("Q4_1");
        assertThat(FileTypes.name(15)).isEqualTo("Q4_K_M");
        assertThat(FileTypes.name(32)).isEqualTo("BF16");
        assertThat(FileTypes.name(36)).isEqualTo("TQ1_0");
        assertThat(FileTypes.name(41)).isEqualTo("Q2_0");
        assertThat(FileTypes.name(1024 + 7)).isEqualTo("Q8_0");
        assertThat(FileTypes.name(4711)).isEqualTo("unknown");
    }

    @Test
    void sources_badValues_areRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> ModelSource.split(java.util.List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> ModelSource.fileDescriptor(-1, 0, 0));
        assertThat(ModelSource.fileDescriptor(3, 64, 0)).hasToString("file descriptor 3 from byte 64");
    }
}
