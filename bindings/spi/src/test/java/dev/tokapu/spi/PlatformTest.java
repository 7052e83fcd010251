package dev.tokapu.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, Debian, linux-x86_64",
        "Linux, x86_64, Debian, linux-x86_64",
        "Linux, aarch64, Debian, linux-aarch64",
        "Linux, riscv64, Debian, linux-riscv64",
        "Mac OS X, aarch64, Apple, macos-aarch64",
        "Mac OS X, x86_64, Apple, macos-x86_64",
        "Darwin, arm64, Apple, macos-aarch64",
        "Windows 11, amd64, Eclipse Adoptium, windows-x86_64",
        "Windows Server 2025, x86-64, Microsoft, windows-x86_64",
        "Linux, aarch64, The Android Project Dalvik, android-aarch64",
        "Free BSD, AMD64, x, free_bsd-x86_64"
    })
    void of_namesOfJvms_givesClassifier(String os, String arch, String vendor, String classifier) {
        assertThat(Platform.of(os, arch, vendor).classifier()).isEqualTo(classifier);
    }

    @Test
    void current_here_isNormalized() {
        assertThat(Platform.current().classifier())
                .matches("[a-z_0-9]+-[a-z_0-9]+")
                .isEqualTo(Platform.current() + "");
    }
}
