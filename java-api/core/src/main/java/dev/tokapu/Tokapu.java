package dev.tokapu;

import dev.tokapu.device.Device;
import dev.tokapu.exception.NativeLibraryException;
import dev.tokapu.exception.TokapuException;
import dev.tokapu.internal.device.Devices;
import dev.tokapu.internal.host.CpuCores;
import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativeRuntime;
import dev.tokapu.internal.natives.NumaPlacement;
import dev.tokapu.spi.library.Binding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What this installation of Tokapu is: versions, binding, native libraries, processor variants, backends and devices. Models
 * work without it.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class Tokapu {

    private static final String SUBJECT = "native library";

    private Tokapu() {}

    /**
     * A build of the CPU backend for one family of processors.
     *
     * <p>Thread safety: immutable.
     *
     * @param name its name, which {@code -Dtokapu.cpu} takes
     * @param score how good it is for this processor; 0 when it cannot run here
     * @param reason why it cannot run here, empty when it can
     * @since 0.1
     */
    public record CpuVariant(String name, int score, String reason) {

        /** {@return whether it can run on this processor} */
        public boolean supported() {
            return score > 0;
        }
    }

    /**
     * The processors that this process may use, and what is made of them.
     *
     * <p>Thread safety: immutable.
     *
     * @param count their number, hyper-threads counted, as Java has it
     * @param cores their physical cores, 0 when unknown
     * @param performanceCores the cores of the fastest kind, 0 when unknown
     * @param quota the processors that a control group's quota is worth, a part of one as a whole; 0 without a quota
     * @param nodes the NUMA nodes that they are on, 1 when unknown
     * @param numa where compute threads run on several nodes, {@code -Dtokapu.numa}: {@code none}, {@code distribute}, {@code
     *     isolate} or {@code numactl}
     * @param threads the compute threads of a context that none are set for
     * @since 0.1
     */
    public record Processors(
            int count, int cores, int performanceCores, int quota, int nodes, String numa, int threads) {}

    /**
     * A compute backend that was found beside the CPU's: in a jar on the class path or in a folder that was named.
     *
     * <p>Thread safety: immutable.
     *
     * @param name what it is for, {@code cuda} for example
     * @param origin the jar or folder that it comes from
     * @param file its file, null when it was not unpacked
     * @param loaded whether it is in use
     * @param devices the number of devices that it added
     * @param problem why it is not in use, empty when it is
     * @param advice the one thing to do about that, empty when there is nothing to do
     * @param facts what its build says, {@code toolkit} and {@code architectures} for example
     * @param libraries the libraries that were looked for on its behalf
     * @since 0.1
     */
    public record Backend(
            String name,
            String origin,
            @Nullable Path file,
            boolean loaded,
            int devices,
            String problem,
            String advice,
            Map<String, String> facts,
            List<Library> libraries) {

        /** Makes the collections unchangeable. */
        public Backend {
            facts = Map.copyOf(facts);
            libraries = List.copyOf(libraries);
        }
    }

    /**
     * A shared library of somebody else that a backend uses, cuBLAS for example.
     *
     * <p>Thread safety: immutable.
     *
     * @param name its file name
     * @param path where it was found, empty when it was not
     * @param without what happens without it, empty when it is needed
     * @since 0.1
     */
    public record Library(String name, String path, String without) {}

    /** {@return the version of this library, for example {@code 0.1.0}} */
    public static String version() {
        Properties properties = new Properties();
        try (InputStream in = Tokapu.class.getResourceAsStream("version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new TokapuException("version.properties of this library cannot be read: " + e.getMessage(), e);
        }
        return properties.getProperty("version", "unknown");
    }

    /**
     * The llama.cpp release inside.
     *
     * @return for example {@code 0.5.0}
     * @throws NativeLibraryException when the native libraries cannot be loaded
     */
    public static String llamaVersion() {
        Binding binding = NativeRuntime.binding();
        return NativeErrors.text(
                binding.api(), "version", SUBJECT, binding.api().system()::llamaVersion);
    }

    /**
     * The variant of the CPU backend in use, the best for this processor unless {@code -Dtokapu.cpu} names one.
     *
     * @return its name
     * @throws NativeLibraryException when the native libraries cannot be loaded
     */
    public static String cpuVariant() {
        Binding binding = NativeRuntime.binding();
        return NativeErrors.text(
                binding.api(), "CPU variant", SUBJECT, binding.api().backends()::cpuVariant);
    }

    /**
     * The variants of the CPU backend that are there.
     *
     * @return the variants, best first
     * @throws NativeLibraryException when the native libraries cannot be loaded
     */
    public static List<CpuVariant> cpuVariants() {
        Binding binding = NativeRuntime.binding();
        byte[] directory = NativeErrors.utf8(binding.directory().toString());
        String text = NativeErrors.text(
                binding.api(),
                "CPU variants",
                SUBJECT,
                (buf, length) -> binding.api().backends().cpuVariants(directory, buf, length));
        return text.lines().map(Tokapu::cpuVariant).toList();
    }

    /**
     * The processors that this process may use.
     *
     * @return what is known of them now
     * @throws NativeLibraryException when the native libraries cannot be loaded
     */
    public static Processors processors() {
        CpuCores cores = CpuCores.ofMachine();
        return new Processors(
                cores.processors(),
                cores.cores(),
                cores.performanceCores(),
                cores.quota(),
                NumaPlacement.nodes(),
                NumaPlacement.strategy(),
                cores.threads());
    }

    private static CpuVariant cpuVariant(String line) {
        String[] fields = line.split("\t", 3);
        return new CpuVariant(fields[0], Integer.parseInt(fields[1]), fields.length < 3 ? "" : fields[2]);
    }

    /**
     * The devices of this machine that have a backend here: the CPU, and GPUs, also those that do not work, see {@link
     * Device#problem()}.
     *
     * @return the devices by index, with what is free of their memory now
     * @throws NativeLibraryException when the native libraries cannot be loaded
     */
    public static List<Device> devices() {
        return Devices.ofProcess().list();
    }

    /**
     * The device of a name.
     *
     * @param name for example {@code CUDA0}
     * @return the device, with what is free of its memory now
     * @throws IllegalArgumentException when there is none; the message lists the names
     * @throws NativeLibraryException when the native libraries cannot be loaded
     */
    public static Device device(String name) {
        return Devices.ofProcess().named(name);
    }

    /**
     * The compute backends beside the CPU's and what became of them. One that cannot be used has also been reported once, as a
     * warning of the logger {@code dev.tokapu.Tokapu}.
     *
     * @return the backends, empty when no jar or folder holds any
     * @throws NativeLibraryException when the native libraries cannot be loaded
     */
    public static List<Backend> backends() {
        return NativeRuntime.backends().stream().map(Tokapu::backend).toList();
    }

    private static Backend backend(dev.tokapu.spi.backend.Backend found) {
        return new Backend(
                found.name(),
                found.origin(),
                found.file(),
                found.state() == dev.tokapu.spi.backend.Backend.State.LOADED,
                found.devices(),
                found.problem(),
                found.advice(),
                found.facts(),
                found.libraries().stream()
                        .map(library -> new Library(library.name(), library.path(), library.without()))
                        .toList());
    }

    /**
     * The way from Java to native code.
     *
     * @return {@code ffm} or {@code jni}
     * @throws NativeLibraryException when the native libraries cannot be loaded
     */
    public static String binding() {
        return NativeRuntime.binding().name();
    }

    /**
     * What llama.cpp says about the system: the instruction sets that its backends use.
     *
     * @return one line
     * @throws NativeLibraryException when the native libraries cannot be loaded
     */
    public static String systemInfo() {
        Binding binding = NativeRuntime.binding();
        return NativeErrors.text(
                binding.api(), "system info", SUBJECT, binding.api().backends()::systemInfo);
    }

    /**
     * The folder that the native libraries were loaded from.
     *
     * @return the folder
     * @throws NativeLibraryException when the native libraries cannot be loaded
     */
    public static Path nativeDirectory() {
        return NativeRuntime.binding().directory();
    }
}
