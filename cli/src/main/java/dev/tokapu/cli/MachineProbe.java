package dev.tokapu.cli;

import dev.tokapu.Tokapu;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.Platform;
import dev.tokapu.spi.library.CacheDirectory;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The part of {@code doctor} that needs no native code: Java, machine, cache directory, default model. */
final class MachineProbe {

    private MachineProbe() {}

    static void run(DoctorReport report) {
        report.section("Tokapu", Tokapu.version());
        report.put("tokapu", Tokapu.version());
        java(report);
        machine(report);
        cache(report);
    }

    private static void java(DoctorReport report) {
        String version = Runtime.version().toString();
        String vendor = System.getProperty("java.vendor", "");
        String home = System.getProperty("java.home", "");
        report.section("Java", List.of(version + " (" + vendor + ')', home));
        report.put("java", version);
        report.put("javaHome", home);
    }

    private static void machine(DoctorReport report) {
        int processors = Runtime.getRuntime().availableProcessors();
        long total = memoryTotal();
        long available = meminfo("MemAvailable:");
        String memory = total == 0 ? "" : ", memory " + Units.bytes(total) + ", available " + Units.bytes(available);
        String platform = Platform.current().toString();
        report.section(
                "Machine",
                List.of(
                        platform + ", " + processors + " processors" + memory,
                        "Java heap at most " + Units.bytes(Runtime.getRuntime().maxMemory())
                                + "; models live outside of it"));
        report.put("platform", platform);
        report.put("processors", processors);
        report.put("memoryTotal", total);
        report.put("memoryAvailable", available);
    }

    /** The memory of the machine, 0 when unknown; a control group may allow less. */
    static long memoryTotal() {
        return meminfo("MemTotal:");
    }

    /** A value of /proc/meminfo in bytes, 0 when there is none. */
    private static long meminfo(String key) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith(key)) {
                    String digits = line.substring(key.length()).strip();
                    return Long.parseLong(digits.substring(0, digits.indexOf(' '))) * 1024;
                }
            }
            return 0;
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    private static void cache(DoctorReport report) {
        try {
            CacheDirectory cache = CacheDirectory.choose();
            report.put("cacheDirectory", cache.path().toString());
            report.section(
                    "Cache", cache.path() + (cache.trusted() ? "" : ", as there is no home that can be written"));
        } catch (NativeLoadException e) {
            report.put("cacheDirectory", "");
            report.section("Cache", "there is none");
            report.hint(String.valueOf(e.getMessage()));
        }
    }

    /** Whether commands work without {@code --model}. */
    static void defaultModel(DoctorReport report) {
        URL url = MachineProbe.class.getClassLoader().getResource(DefaultModel.RESOURCE);
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("present", url != null);
        if (url == null) {
            report.section("Model", "the default model is not on the class path");
            report.hint("Give a GGUF file with --model PATH, or add"
                    + " dev.tokapu:tokapu-model-smollm2-135m-instruct to the class path.");
        } else {
            model.put("location", url.toString());
            report.section("Model", List.of("default: " + ModelArgs.DEFAULT_NAME, url.toString()));
        }
        report.put("defaultModel", model);
    }
}
