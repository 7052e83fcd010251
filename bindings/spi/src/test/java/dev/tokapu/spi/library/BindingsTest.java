package dev.tokapu.spi.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.FakeNativeApi;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.NativeProvider;
import dev.tokapu.spi.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.ServiceConfigurationError;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BindingsTest {

    private static final Path DIRECTORY = Path.of("libs");

    private record Provider(String name, @Nullable String unsupportedReason, int abi, String llama)
            implements NativeProvider {

        Provider(String name, @Nullable String reason) {
            this(name, reason, NativeApi.ABI_VERSION, NativeApi.LLAMA_VERSION);
        }

        @Override
        public NativeApi load(Path directory) {
            return FakeNativeApi.of((function, arguments) -> switch (function) {
                case "system.abiVersion" -> abi;
                case "system.llamaVersion" -> {
                    byte[] text = llama.getBytes(StandardCharsets.UTF_8);
                    System.arraycopy(text, 0, (byte[]) arguments[0], 0, text.length);
                    ((int[]) arguments[1])[0] = text.length;
                    yield Status.OK;
                }
                default -> throw new AssertionError(function);
            });
        }
    }

    private static Bindings.Found found(NativeProvider... providers) {
        return new Bindings.Found(List.of(providers), List.of());
    }

    @Test
    void load_bothWork_ffmWins() {
        Binding binding =
                Bindings.load(found(new Provider("jni", null), new Provider("ffm", null)), null, () -> DIRECTORY);

        assertThat(binding.name()).isEqualTo("ffm");
        assertThat(binding.directory()).isEqualTo(DIRECTORY);
        assertThat(binding.api().system().abiVersion()).isEqualTo(NativeApi.ABI_VERSION);
    }

    @Test
    void load_forced_isTaken() {
        assertThat(Bindings.load(found(new Provider("ffm", null), new Provider("jni", null)), "jni", () -> DIRECTORY)
                        .name())
                .isEqualTo("jni");
    }

    @Test
    void load_ffmUnsupported_jniIsTaken() {
        assertThat(Bindings.load(
                                found(new Provider("ffm", "requires Java 22"), new Provider("jni", null)),
                                null,
                                () -> DIRECTORY)
                        .name())
                .isEqualTo("jni");
    }

    @Test
    void choose_nothingWorks_joinsAllReasons() {
        assertThatThrownBy(() ->
                        Bindings.choose(found(new Provider("ffm", "requires Java 22 or newer, this is 17")), null))
                .isInstanceOf(NativeLoadException.class)
                .hasMessage("No binding works on this JVM. ffm: requires Java 22 or newer, this is 17; jni: not on the"
                        + " class path, add dev.tokapu:tokapu-jni");
    }

    @Test
    void choose_forcedIsMissing_speaksOfThatOneOnly() {
        assertThatThrownBy(() -> Bindings.choose(found(new Provider("ffm", null)), "jni"))
                .isInstanceOf(NativeLoadException.class)
                .hasMessage("-Dtokapu.binding=jni does not work on this JVM. jni: not on the class path, add"
                        + " dev.tokapu:tokapu-jni");
    }

    @Test
    void choose_forcedIsUnknown_saysWhichExist() {
        assertThatThrownBy(() -> Bindings.choose(found(new Provider("ffm", null)), "jna"))
                .hasMessage("-Dtokapu.binding=jna names no binding. Use ffm or jni, or leave it out.");
    }

    @Test
    void load_libraryOfOtherAbi_isRefused() {
        int other = NativeApi.ABI_VERSION + 1;
        assertThatThrownBy(() -> Bindings.load(
                        found(new Provider("ffm", null, other, NativeApi.LLAMA_VERSION)), null, () -> DIRECTORY))
                .isInstanceOf(NativeLoadException.class)
                .hasMessageContainingAll("libs", "tokapu.h version " + other, "needs " + NativeApi.ABI_VERSION);
    }

    @Test
    void load_libraryOfOtherLlama_isRefused() {
        Provider provider = new Provider("ffm", null, NativeApi.ABI_VERSION, "9.9.9");

        assertThatThrownBy(() -> Bindings.load(found(provider), null, () -> DIRECTORY))
                .hasMessageContainingAll("llama.cpp 9.9.9", "needs " + NativeApi.LLAMA_VERSION);
    }

    @Test
    void collect_providerOfNewerJava_becomesReadableReason() {
        Error tooNew = new UnsupportedClassVersionError("dev/tokapu/ffm/FfmProvider has been compiled by a more recent"
                + " version of the Java Runtime (class file version 66.0), this version of the Java Runtime only"
                + " recognizes class file versions up to 61.0");

        Bindings.Found found = Bindings.collect(failing(List.of(tooNew), new Provider("jni", null)));

        assertThat(found.providers()).extracting(NativeProvider::name).containsExactly("jni");
        assertThat(found.broken())
                .containsExactly("ffm: requires Java 22 or newer, this is "
                        + Runtime.version().feature());
    }

    @Test
    void collect_brokenProviders_doNotHideGoodOnes() {
        Bindings.Found found = Bindings.collect(failing(
                List.of(new ServiceConfigurationError("a"), new NoClassDefFoundError("b")), new Provider("jni", null)));

        assertThat(found.providers()).hasSize(1);
        assertThat(found.broken()).hasSize(2);
        assertThatThrownBy(() -> Bindings.choose(new Bindings.Found(List.of(), found.broken()), null))
                .hasMessageContainingAll(
                        "a provider does not load", "NoClassDefFoundError: b", "jni: not on the class path");
    }

    /** Services that fail with each error once, then give the provider. */
    private static Iterable<NativeProvider> failing(List<? extends Error> errors, NativeProvider last) {
        return () -> new Iterator<>() {
            private final List<Error> left = new ArrayList<>(errors);
            private boolean given;

            @Override
            public boolean hasNext() {
                if (!left.isEmpty()) {
                    throw left.remove(0);
                }
                return !given;
            }

            @Override
            public NativeProvider next() {
                if (given) {
                    throw new NoSuchElementException();
                }
                given = true;
                return last;
            }
        };
    }
}
