package dev.tokapu.spi.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NativeLoadException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LibraryManifestTest {

    private static final String HASH = "0123456789abcdef".repeat(4);
    private static final String HEAD = "# abi 2 llama 0.5.0 tree fd57 id 12ab\n";

    @Test
    void parse_goodText_givesAllParts() {
        LibraryManifest manifest =
                LibraryManifest.parse(HEAD + HASH + "  libtokapu.so\n" + HASH + "  libggml-cpu-haswell.so\n", "here");

        assertThat(manifest.abi()).isEqualTo(2);
        assertThat(manifest.llama()).isEqualTo("0.5.0");
        assertThat(manifest.tree()).isEqualTo("fd57");
        assertThat(manifest.id()).isEqualTo("12ab");
        assertThat(manifest.checksums())
                .containsEntry("libtokapu.so", HASH)
                .containsEntry("libggml-cpu-haswell.so", HASH)
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "libtokapu.so",
                "# abi x llama 0.5.0 tree fd57 id 12ab",
                "# abi 2 llama 0.5.0 id 12ab",
                "# abi 2 llama 0.5.0 tree fd57 id ../x",
                HEAD + "zz  libtokapu.so",
                HEAD + "0123  libtokapu.so"
            })
    void parse_malformedText_namesLineAndPlace(String text) {
        assertThatThrownBy(() -> LibraryManifest.parse(text, "some.jar"))
                .isInstanceOf(NativeLoadException.class)
                .hasMessageContaining("some.jar has a malformed line")
                .hasMessageContaining("fetch it again");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil.so", "a/b.so", ".hidden", "a b"})
    void parse_fileNameThatLeavesTheDirectory_isRefused(String name) {
        assertThatThrownBy(() -> LibraryManifest.parse(HEAD + HASH + "  " + name, "some.jar"))
                .isInstanceOf(NativeLoadException.class);
    }

    @Test
    void parse_noFiles_isRefused() {
        assertThatThrownBy(() -> LibraryManifest.parse(HEAD, "some.jar")).hasMessageContaining("lists no libraries");
    }

    @Test
    void requireVersions_otherAbi_saysWhichAndWhatToDo() {
        assertThatThrownBy(() -> Versions.require(99, NativeApi.LLAMA_VERSION, "/some/dir"))
                .isInstanceOf(NativeLoadException.class)
                .hasMessageContainingAll(
                        "/some/dir",
                        "tokapu.h version 99",
                        "needs " + NativeApi.ABI_VERSION,
                        "same version of tokapu-native");
    }

    @Test
    void requireVersions_otherLlama_saysWhich() {
        assertThatThrownBy(() -> Versions.require(NativeApi.ABI_VERSION, "0.4.9", "/some/dir"))
                .hasMessageContainingAll("llama.cpp 0.4.9", "needs " + NativeApi.LLAMA_VERSION);
    }
}
