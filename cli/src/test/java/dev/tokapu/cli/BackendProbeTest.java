package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendProbeTest {

    @TempDir
    Path root;

    private void pci(String vendor, String type) throws IOException {
        Path device = Files.createDirectories(root.resolve("sys/bus/pci/devices/0000:01:00.0"));
        Files.writeString(device.resolve("vendor"), vendor + "\n");
        Files.writeString(device.resolve("class"), type + "\n");
    }

    @Test
    void hasNvidiaCard_nothing_isFalse() {
        assertThat(BackendProbe.hasNvidiaCard(root)).isFalse();
    }

    @Test
    void hasNvidiaCard_onTheBus_isTrue() throws IOException {
        pci("0x10de", "0x030200");
        assertThat(BackendProbe.hasNvidiaCard(root)).isTrue();
    }

    @Test
    void hasNvidiaCard_soundOrAnotherVendor_isFalse() throws IOException {
        pci("0x10de", "0x040300");
        assertThat(BackendProbe.hasNvidiaCard(root)).isFalse();
        pci("0x1002", "0x030000");
        assertThat(BackendProbe.hasNvidiaCard(root)).isFalse();
    }

    @Test
    void hasNvidiaCard_driverOnly_isTrue() throws IOException {
        Files.createDirectories(root.resolve("proc/driver/nvidia"));
        Files.writeString(root.resolve("proc/driver/nvidia/version"), "NVRM");
        assertThat(BackendProbe.hasNvidiaCard(root)).isTrue();
    }

    @Test
    void hasCard_ofAmd_isTold() throws IOException {
        assertThat(BackendProbe.hasCard(root, "0x1002")).isFalse();
        pci("0x1002", "0x030000");
        assertThat(BackendProbe.hasCard(root, "0x1002")).isTrue();
    }
}
