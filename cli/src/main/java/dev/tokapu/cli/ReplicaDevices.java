package dev.tokapu.cli;

import dev.tokapu.Tokapu;
import dev.tokapu.device.Device;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The names of devices that each have a replica of an engine; needs the native library. */
final class ReplicaDevices {

    private ReplicaDevices() {}

    /**
     * Reads {@code all} or names with commas between them.
     *
     * @param names null for none
     * @throws IllegalArgumentException for names that are not known, and for all where no GPU works
     */
    static List<String> of(@Nullable String names) {
        if (names == null) {
            return List.of();
        }
        if (!names.equals("all")) {
            return Arrays.stream(names.split(",", -1))
                    .map(name -> Tokapu.device(name.strip()).name())
                    .toList();
        }
        List<String> gpus = Tokapu.devices().stream()
                .filter(device -> device.type().isGpu() && device.problem().isEmpty())
                .map(Device::name)
                .toList();
        if (gpus.isEmpty()) {
            throw new IllegalArgumentException(
                    "devices is all, and no GPU works here; leave it out, or see what ./tokapu doctor says");
        }
        return gpus;
    }
}
