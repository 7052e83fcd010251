package dev.tokapu.internal.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.FakeApi;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.exception.ContextCreationException;
import dev.tokapu.exception.DecodeException;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.exception.GrammarException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.exception.NativeAbortException;
import dev.tokapu.exception.NativeLibraryException;
import dev.tokapu.exception.SamplerException;
import dev.tokapu.exception.SequenceStateException;
import dev.tokapu.exception.TokapuException;
import dev.tokapu.exception.TokenizationException;
import dev.tokapu.spi.DecodeStatus;
import dev.tokapu.spi.Status;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NativeErrorsTest {

    private final FakeApi fake = new FakeApi();

    static Stream<Arguments> statuses() {
        return Stream.of(
                Arguments.of(Status.ERROR_ARGUMENT, IllegalArgumentException.class),
                Arguments.of(Status.ERROR_HANDLE, IllegalStateException.class),
                Arguments.of(Status.ERROR_BUSY, IllegalStateException.class),
                Arguments.of(Status.ERROR_BUFFER, TokapuException.class),
                Arguments.of(Status.ERROR_MODEL, ModelLoadException.class),
                Arguments.of(Status.ERROR_CONTEXT, ContextCreationException.class),
                Arguments.of(Status.ERROR_DECODE, DecodeException.class),
                Arguments.of(Status.ERROR_GRAMMAR, GrammarException.class),
                Arguments.of(Status.ERROR_TEMPLATE, ChatTemplateException.class),
                Arguments.of(Status.ERROR_TOKENIZE, TokenizationException.class),
                Arguments.of(Status.ERROR_UNSUPPORTED, UnsupportedOperationException.class),
                Arguments.of(Status.ERROR_CANCELLED, CancellationException.class),
                Arguments.of(Status.ERROR_BACKEND, NativeLibraryException.class),
                Arguments.of(Status.ERROR_NATIVE, TokapuException.class),
                Arguments.of(Status.ERROR_ABORT, NativeAbortException.class),
                Arguments.of(Status.ERROR_POISONED, NativeAbortException.class),
                Arguments.of(Status.ERROR_MEMORY, DeviceMemoryException.class),
                Arguments.of(Status.ERROR_STATE, SequenceStateException.class),
                Arguments.of(Status.ERROR_CALLBACK, SamplerException.class));
    }

    @ParameterizedTest
    @MethodSource("statuses")
    void failure_status_becomesTypedException(int status, Class<?> type) {
        fake.fail("contexts.decode", status, "the native reason");
        fake.api().contexts().decode(1, 0, null, null, null, null, null, null);
        RuntimeException failure = NativeErrors.failure(fake.api(), status, "decode", "Context 'x'");
        assertThat(failure).isExactlyInstanceOf(type);
        assertThat(failure.getMessage()).contains("Context 'x'");
        if (status != Status.ERROR_HANDLE) {
            assertThat(failure.getMessage()).contains("the native reason");
        }
    }

    @Test
    void check_success_doesNothing() {
        NativeErrors.check(fake.api(), Status.OK, "decode", "x");
        NativeErrors.check(fake.api(), DecodeStatus.ABORTED, "decode", "x");
    }

    @Test
    void lastError_longerThanGuess_isWhole() {
        fake.fail("contexts.decode", -1, "y".repeat(5000));
        fake.api().contexts().decode(1, 0, null, null, null, null, null, null);
        assertThat(NativeErrors.lastError(fake.api())).hasSize(5000);
    }

    @Test
    void text_longerThanGuess_retriesWithNeededSize() {
        String text = "ä".repeat(1000);
        int[] calls = new int[1];
        assertThat(NativeErrors.text(fake.api(), "a", "s", (buf, length) -> {
                    calls[0]++;
                    return FakeApi.text(buf, length, text);
                }))
                .isEqualTo(text);
        assertThat(calls[0]).isEqualTo(2);
    }

    @Test
    void text_failure_throws() {
        assertThatExceptionOfType(ChatTemplateException.class)
                .isThrownBy(() -> NativeErrors.text(fake.api(), "a", "s", (buf, length) -> Status.ERROR_TEMPLATE));
    }

    @Test
    void utf8_loneSurrogates_becomeReplacementCharacters() {
        assertThat(new String(NativeErrors.utf8("a\uD83Db"), StandardCharsets.UTF_8))
                .isEqualTo("a\uFFFDb");
        assertThat(new String(NativeErrors.utf8("a\uDE00"), StandardCharsets.UTF_8))
                .isEqualTo("a\uFFFD");
        assertThat(new String(NativeErrors.utf8("\uD83D"), StandardCharsets.UTF_8))
                .isEqualTo("\uFFFD");
        assertThat(new String(NativeErrors.utf8("\uD83D\uDE00é"), StandardCharsets.UTF_8))
                .isEqualTo("\uD83D\uDE00é");
    }

    @Test
    void utf8List_texts_areNulTerminated() {
        assertThat(NativeErrors.utf8List(List.of("ab", "", "é")))
                .isEqualTo(new byte[] {'a', 'b', 0, 0, (byte) 0xC3, (byte) 0xA9, 0});
    }

    @Test
    void utf8List_nulInText_throws() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NativeErrors.utf8List(List.of("a\0b")))
                .withMessageContaining("a\\0b")
                .withMessageContaining("NUL");
    }
}
