package dev.tokapu.spi.backend;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a kind of backend is called and takes from the system.
 *
 * @param name what its file is named after, {@code cuda} of {@code libggml-cuda.so}
 * @param suffixes what follows the platform in the classifiers of its jars; of two for the same hardware the newer comes first
 * @param driver the library of the driver, which only the linker finds; empty when it has none of a fixed name
 * @param driverName what people call it
 * @param driverAdvice how to get it
 * @param deviceAdvice what to do when it finds no device
 * @param places where the libraries that it needs may lie
 * @param helpful what makes it faster when it is there
 */
record BackendKind(
        String name,
        List<String> suffixes,
        String driver,
        String driverName,
        String driverAdvice,
        String deviceAdvice,
        Places places,
        List<Helpful> helpful) {

    /**
     * Libraries that a backend opens by itself when it first needs them.
     *
     * @param files their names in the order in which they need one another, {@code %s} for CUDA's major version
     * @param without what happens when they are not there
     */
    record Helpful(List<String> files, String without) {}

    /**
     * Where the libraries of a maker of hardware may lie when the linker does not find them.
     *
     * @param property names folders, which are looked into first; empty when there are no places
     * @param jar bytedeco's presets whose jar may hold them; empty for none
     * @param wheels the folders of its Python packages, below {@code site-packages}
     * @param variables the variables of the environment that name its toolkit
     * @param toolkits its toolkits, below the root of the file system
     */
    record Places(String property, String jar, String wheels, List<String> variables, List<String> toolkits) {

        static final Places NONE = new Places("", "", "", List.of(), List.of());

        /** What to do about a library that is in none of them. */
        String advice() {
            return property.isEmpty()
                    ? "Install it."
                    : "Install it, or set -D" + property + " to the folder that holds it.";
        }
    }

    private static final BackendKind CUDA = new BackendKind(
            "cuda",
            List.of("cuda13", "cuda12"),
            "libcuda.so.1",
            "NVIDIA driver",
            "Install the NVIDIA driver",
            "Check with nvidia-smi that the driver sees a GPU; a container needs it passed through, as 'docker run --gpus all'"
                    + " does.",
            new Places(
                    Backends.CUDA_PROPERTY,
                    "cuda",
                    "nvidia/*/lib",
                    List.of("CUDA_PATH", "CUDA_HOME"),
                    List.of("usr/local/cuda*")),
            List.of(
                    new Helpful(
                            List.of("libcublasLt.so.%s", "libcublas.so.%s"),
                            "own kernels are used; NVIDIA's CUDA toolkit has it, and so has its Python package nvidia-cublas")));

    /** ROCm's libraries are of its version, and so are their names: the linker tells which one is missing. */
    private static final BackendKind HIP = new BackendKind(
            "hip",
            List.of("rocm"),
            "",
            "",
            "",
            "Check with rocminfo that ROCm sees a GPU: the user has to be in the groups render and video, and a container needs"
                    + " --device /dev/kfd --device /dev/dri.",
            new Places(
                    Backends.ROCM_PROPERTY,
                    "",
                    "_rocm_sdk_*/lib",
                    List.of("ROCM_PATH", "HIP_PATH"),
                    List.of("opt/rocm*")),
            List.of());

    private static final BackendKind SYCL = new BackendKind(
            "sycl",
            List.of("sycl"),
            "",
            "",
            "",
            "Check with sycl-ls that the driver sees a GPU (the packages are called libze-intel-gpu1 and intel-opencl-icd); a"
                    + " container needs --device /dev/dri.",
            // Intel's Python packages put their libraries beside those of Python itself.
            new Places(
                    Backends.ONEAPI_PROPERTY,
                    "",
                    "../../../lib",
                    List.of("CMPLR_ROOT", "MKLROOT"),
                    List.of("opt/intel/oneapi/*/latest")),
            List.of());

    private static final BackendKind OPENCL = new BackendKind(
            "opencl",
            List.of("opencl"),
            "libOpenCL.so.1",
            "OpenCL loader",
            "Install the OpenCL loader (the package is called ocl-icd-libopencl1 or ocl-icd) and the driver of the GPU",
            "Check with clinfo that a driver is there; this backend is for Adreno and Intel GPUs.",
            Places.NONE,
            List.of());

    private static final BackendKind VULKAN = new BackendKind(
            "vulkan",
            List.of("vulkan"),
            "libvulkan.so.1",
            "Vulkan loader",
            "Install the Vulkan loader (the package is called libvulkan1 or vulkan-loader) and the driver of the GPU",
            "Check with vulkaninfo that a driver is there; a container needs --device /dev/dri, or of NVIDIA"
                    + " 'docker run --gpus all -e NVIDIA_DRIVER_CAPABILITIES=all'.",
            Places.NONE,
            List.of());

    /** A part of macOS, and of the jar for macOS. */
    private static final BackendKind METAL = new BackendKind(
            "metal",
            List.of(),
            "",
            "",
            "",
            "This Mac shows no GPU, as a virtual machine does.",
            Places.NONE,
            List.of());

    /** Of several that drive the same hardware the maker's own comes first. */
    private static final List<BackendKind> KNOWN = List.of(CUDA, HIP, SYCL, METAL, VULKAN, OPENCL);

    /** The kind of a module. */
    static BackendKind of(String name) {
        return KNOWN.stream()
                .filter(kind -> kind.name.equals(name))
                .findFirst()
                .orElseGet(() -> new BackendKind(name, List.of(), "", "", "", "", Places.NONE, List.of()));
    }

    /** Those that come in jars of their own. */
    static Stream<BackendKind> inJars() {
        return KNOWN.stream();
    }

    /** What people may call a backend: by its name, or as its jar. */
    static String nameOf(String said) {
        return KNOWN.stream()
                .filter(kind -> kind.suffixes.contains(said))
                .findFirst()
                .map(BackendKind::name)
                .orElse(said);
    }

    boolean isCuda() {
        return name.equals(CUDA.name);
    }
}
