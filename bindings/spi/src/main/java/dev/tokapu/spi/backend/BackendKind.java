package dev.tokapu.spi.backend;

import java.util.List;

/**
 * What a kind of backend takes from the system.
 *
 * @param driver the library of the driver, which only the linker finds; empty when it has none
 * @param driverName what people call it
 * @param driverAdvice how to get it
 * @param helpful what makes it faster when it is there
 */
record BackendKind(String driver, String driverName, String driverAdvice, List<Helpful> helpful) {

    /**
     * Libraries that a backend opens by itself when it first needs them.
     *
     * @param files their names in the order in which they need one another, {@code %s} for CUDA's major version
     * @param without what happens when they are not there
     */
    record Helpful(List<String> files, String without) {}

    private static final BackendKind CUDA = new BackendKind(
            "libcuda.so.1",
            "NVIDIA driver",
            "Install the NVIDIA driver",
            List.of(new Helpful(List.of("libcublasLt.so.%s", "libcublas.so.%s"), "own kernels are used")));
    private static final BackendKind VULKAN = new BackendKind(
            "libvulkan.so.1",
            "Vulkan loader",
            "Install the Vulkan loader (the package is called libvulkan1 or vulkan-loader) and the driver of the GPU",
            List.of());
    private static final BackendKind OTHER = new BackendKind("", "", "", List.of());

    static BackendKind of(String name) {
        return switch (name) {
            case "cuda" -> CUDA;
            case "vulkan" -> VULKAN;
            default -> OTHER;
        };
    }
}
