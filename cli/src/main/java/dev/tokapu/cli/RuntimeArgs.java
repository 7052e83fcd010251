package dev.tokapu.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about the native side, which is loaded once for each process. */
final class RuntimeArgs {

    private static final List<String> NUMA = List.of("none", "distribute", "isolate", "numactl");

    @Option(
            names = "--binding",
            paramLabel = "ffm|jni",
            description = "How Java calls llama.cpp. Default: ffm where it works, else jni.")
    private @Nullable String binding;

    @Option(
            names = "--cpu",
            paramLabel = "VARIANT",
            description = "CPU variant, for example haswell; './tokapu doctor' lists them. Default: the fastest.")
    private @Nullable String cpu;

    @Option(
            names = "--numa",
            paramLabel = "STRATEGY",
            description = {
                "Where threads compute on several NUMA nodes:",
                "none, distribute, isolate or numactl. Default: none."
            })
    private @Nullable String numa;

    /** Must come before the library is touched. */
    void apply() {
        if (binding != null) {
            if (!binding.equals("ffm") && !binding.equals("jni")) {
                throw new CliException(ExitCode.USAGE, "--binding " + binding + " is not known; use ffm or jni");
            }
            System.setProperty("tokapu.binding", binding);
        }
        if (cpu != null) {
            System.setProperty("tokapu.cpu", cpu);
        }
        if (numa != null) {
            if (!NUMA.contains(numa)) {
                throw new CliException(
                        ExitCode.USAGE, "--numa " + numa + " is not known; use one of " + String.join(", ", NUMA));
            }
            System.setProperty("tokapu.numa", numa);
        }
    }
}
