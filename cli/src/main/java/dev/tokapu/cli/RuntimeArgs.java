package dev.tokapu.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about the native side, which is loaded once for each process. */
final class RuntimeArgs {

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
    }
}
