package dev.tokapu.cli;

import dev.tokapu.Tokapu;
import dev.tokapu.device.Device;
import dev.tokapu.device.DeviceType;
import dev.tokapu.spi.Platform;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The part of {@code doctor} about compute backends beside the CPU's, what they need, and the devices. */
final class BackendProbe {

    private static final String NVIDIA = "0x10de";
    private static final String AMD = "0x1002";

    private BackendProbe() {}

    static void run(DoctorReport report) {
        List<Tokapu.Backend> backends = Tokapu.backends();
        backends(report, backends);
        boolean nvidia = hasNvidiaCard(Path.of("/"));
        boolean amd = hasCard(Path.of("/"), AMD);
        report.put("nvidiaCard", nvidia);
        report.put("amdCard", amd);
        devices(report);
        if (nvidia) {
            hint(report, backends, "an NVIDIA", List.of("cuda"), Platform.current() + "-cuda13");
        }
        if (amd) {
            String vulkan = ", or -vulkan for a card that ROCm does not know";
            hint(report, backends, "an AMD", List.of("hip", "vulkan"), Platform.current() + "-rocm" + vulkan);
        }
    }

    private static void hint(
            DoctorReport report, List<Tokapu.Backend> backends, String maker, List<String> names, String classifier) {
        if (backends.stream().noneMatch(backend -> names.contains(backend.name()))) {
            report.hint("There is " + maker
                    + " card but no backend for it: add dev.tokapu:tokapu-native with the classifier " + classifier
                    + ", in the version of the other jars, to the class path.");
        }
    }

    private static void backends(DoctorReport report, List<Tokapu.Backend> backends) {
        List<String> lines = new ArrayList<>();
        List<Map<String, Object>> data = new ArrayList<>();
        for (Tokapu.Backend backend : backends) {
            lines.add(backend.name() + "  "
                    + (backend.loaded() ? "loaded, devices: " + backend.devices() : "not used: " + backend.problem()));
            lines.add("  " + backend.origin());
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", backend.name());
            entry.put("origin", backend.origin());
            entry.put("loaded", backend.loaded());
            entry.put("devices", backend.devices());
            entry.put("problem", backend.problem());
            entry.put("facts", backend.facts());
            addFile(backend, lines, entry);
            List<Map<String, Object>> libraries = new ArrayList<>();
            for (Tokapu.Library library : backend.libraries()) {
                lines.add("  " + library.name() + "  " + where(library));
                Map<String, Object> found = new LinkedHashMap<>();
                found.put("name", library.name());
                found.put("path", library.path());
                found.put("without", library.without());
                libraries.add(found);
            }
            entry.put("libraries", libraries);
            data.add(entry);
            if (!backend.advice().isEmpty()) {
                report.hint(backend.advice());
            }
        }
        report.section("Backends", lines.isEmpty() ? List.of("none beside the CPU's") : lines);
        report.put("backends", data);
    }

    private static void addFile(Tokapu.Backend backend, List<String> lines, Map<String, Object> entry) {
        Path file = backend.file();
        if (file == null) {
            return;
        }
        backend.facts().forEach((key, value) -> lines.add("  " + key + ": " + value));
        entry.put("file", file.toString());
        try {
            String checksum = NativeProbe.sha256(file);
            lines.add("  " + checksum + "  " + Units.bytes(Files.size(file)) + "  " + file.getFileName());
            entry.put("sha256", checksum);
            entry.put("size", Files.size(file));
        } catch (IOException e) {
            lines.add("  " + file + " cannot be read: " + e.getMessage());
        }
    }

    private static String where(Tokapu.Library library) {
        if (!library.path().isEmpty()) {
            return library.path();
        }
        return library.without().isEmpty() ? "missing" : "not found; " + library.without();
    }

    private static void devices(DoctorReport report) {
        List<String> lines = new ArrayList<>();
        List<Map<String, Object>> data = new ArrayList<>();
        for (Device device : Tokapu.devices()) {
            String problem = device.problem();
            String capability =
                    device.computeCapability().isEmpty() ? "" : ", compute capability " + device.computeCapability();
            String driver = device.driver().isEmpty() ? "" : ", driver " + device.driver();
            lines.add(device.name() + "  " + device.description() + ", memory " + Units.bytes(device.memoryTotal())
                    + ", free " + Units.bytes(device.memoryFree()) + capability + driver
                    + (problem.isEmpty() ? "  works" : "  does not work: " + problem));
            boolean limited = device.type() == DeviceType.CPU && device.memoryTotal() < MachineProbe.memoryTotal();
            if (limited) {
                lines.add(
                        "  limited by the control group of this process (a container, a service), not by the machine");
            }
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", device.name());
            entry.put("backend", device.backend());
            entry.put("description", device.description());
            entry.put("memoryTotal", device.memoryTotal());
            entry.put("memoryFree", device.memoryFree());
            entry.put("memoryLimited", limited);
            entry.put("computeCapability", device.computeCapability());
            entry.put("driver", device.driver());
            entry.put("problem", problem);
            data.add(entry);
        }
        report.section("Devices", lines);
        report.put("devices", data);
    }

    /** Asks the PCI bus and, for a container that hides it, the driver's folder. */
    static boolean hasNvidiaCard(Path root) {
        return Files.exists(root.resolve("proc/driver/nvidia/version")) || hasCard(root, NVIDIA);
    }

    /** Asks the PCI bus for a display controller of a vendor. */
    static boolean hasCard(Path root, String vendor) {
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(root.resolve("sys/bus/pci/devices"))) {
            for (Path device : devices) {
                // Class 03 is a display controller: the vendor's audio and network parts do not count.
                if (read(device.resolve("vendor")).equals(vendor)
                        && read(device.resolve("class")).startsWith("0x03")) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false;
        }
        return false;
    }

    private static String read(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file).strip() : "";
    }
}
