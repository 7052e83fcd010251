package dev.tokapu.device;

import dev.tokapu.Tokapu;
import dev.tokapu.internal.natives.DeviceProblems;
import dev.tokapu.internal.natives.NativeRuntime;
import java.util.Objects;

/**
 * A piece of hardware that computes: the CPU, or a GPU whose backend is there. {@link Tokapu#devices()} lists them.
 *
 * <p>Thread safety: immutable.
 *
 * @param index its number in this process, from 0; it never changes
 * @param name its name in this process, for example {@code CUDA0}
 * @param backend what drives it, for example {@code CUDA}
 * @param description what its maker calls it, for example {@code NVIDIA H200}
 * @param type its kind
 * @param id where it is plugged in, for example {@code 0000:01:00.0}; empty when that is unknown
 * @param memoryTotal its memory, in bytes
 * @param memoryFree what was free of it when this record was made, in bytes; for a CPU what the system could give without
 *     swapping, where that is known
 * @param computeCapability what its machine code is compiled for, for example {@code 9.0}; empty for other than CUDA
 * @param driver version of the driver and the newest CUDA that it supports, for example {@code 580.159.03 (CUDA 13.0)}; empty
 *     for other than CUDA
 * @since 0.1
 */
public record Device(
        int index,
        String name,
        String backend,
        String description,
        DeviceType type,
        String id,
        long memoryTotal,
        long memoryFree,
        String computeCapability,
        String driver) {

    public Device {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(computeCapability, "computeCapability");
        Objects.requireNonNull(driver, "driver");
    }

    /**
     * What is wrong with it, found out by letting it compute; that is done once for each device of the process and may take
     * a second on a GPU.
     *
     * @return the words of the driver, empty when it works
     */
    public String problem() {
        return DeviceProblems.of(NativeRuntime.api()).problem(index);
    }
}
