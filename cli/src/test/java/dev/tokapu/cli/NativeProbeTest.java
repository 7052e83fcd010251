package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.NativeLoadException;
import org.junit.jupiter.api.Test;

class NativeProbeTest {

    private static String advice(String message, NativeLoadException cause) {
        return NativeProbe.adviceFor(new IllegalStateException(message, cause), message);
    }

    @Test
    void adviceFor_libraryThatTheLinkerRefused_isThatOfItsCause() {
        NativeLoadException old = new NativeLoadException(
                "Cannot load libtokapu.so: version `GLIBCXX_3.4.29' not found",
                "Install a newer libstdc++.",
                new UnsatisfiedLinkError("no"));

        assertThat(advice(old.getMessage(), old)).isEqualTo("Install a newer libstdc++.");
        assertThat(old).hasMessageEndingWith("not found. Install a newer libstdc++.");
    }

    @Test
    void adviceFor_noLibraries_saysHowToBuildThem() {
        NativeLoadException none = new NativeLoadException("There are no native libraries for linux-x86_64");

        assertThat(advice("There are no native libraries for linux-x86_64", none))
                .contains("mvn -pl native verify");
        assertThat(advice("x.so was built from another tree", new NativeLoadException("x")))
                .doesNotContain("mvn");
    }
}
