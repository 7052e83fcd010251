package dev.tokapu.spi.backend;

/** Which driver CUDA asks for (CUDA's release notes, 'minimum required driver version'). */
final class CudaDrivers {

    private CudaDrivers() {}

    static String needed(String cudaMajor) {
        return switch (cudaMajor) {
            case "12" -> "version 525.60 or newer";
            case "13" -> "version 580 or newer, or use the classifier for CUDA 12";
            default -> "a newer one";
        };
    }
}
