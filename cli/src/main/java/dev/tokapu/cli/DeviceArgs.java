package dev.tokapu.cli;

import dev.tokapu.ModelOptions;
import dev.tokapu.Tokapu;
import dev.tokapu.device.Device;
import dev.tokapu.device.Placement;
import dev.tokapu.device.SplitMode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about the devices that a model is placed on. */
final class DeviceArgs {

    @Option(
            names = "--device",
            paramLabel = "none|NAME[,NAME]",
            description = "Devices for the model, for example CUDA0,CUDA1. Default: all GPUs that work, else the CPU.")
    private @Nullable String device;

    @Option(
            names = "--gpu-layers",
            paramLabel = "N|all",
            description = "Layers on the devices, the last ones first. Default: all.")
    private @Nullable String gpuLayers;

    @Option(
            names = "--split-mode",
            paramLabel = "MODE",
            description = "How several devices share the model: none, layer, row or tensor. Default: layer.")
    private @Nullable String splitMode;

    @Option(
            names = "--tensor-split",
            paramLabel = "N,N",
            description = "Share of each device, for example 3,1. Default: as their memory is free.")
    private @Nullable String tensorSplit;

    /** Needs the native library, for the names of devices. */
    ModelOptions options() {
        ModelOptions.Builder options = ModelOptions.builder();
        if (device != null) {
            options.devices(devices(device));
        }
        if (gpuLayers != null) {
            options.gpuLayers(gpuLayers.equals("all") ? Placement.ALL_LAYERS : layers(gpuLayers));
        }
        if (splitMode != null) {
            options.splitMode(mode(splitMode));
        }
        if (tensorSplit != null) {
            options.tensorSplit(shares(tensorSplit));
        }
        return options.build();
    }

    /** Whether they say where the model lies. */
    boolean isGiven() {
        return device != null || splitMode != null || tensorSplit != null;
    }

    private static Device[] devices(String names) {
        return names.equals("none")
                ? new Device[0]
                : Arrays.stream(names.split(",", -1))
                        .map(name -> Tokapu.device(name.strip()))
                        .toArray(Device[]::new);
    }

    private static int layers(String text) {
        try {
            int count = Integer.parseInt(text);
            if (count >= 0) {
                return count;
            }
        } catch (NumberFormatException e) {
            // the same answer as to a negative number
        }
        throw new CliException(ExitCode.USAGE, "--gpu-layers " + text + " is no count; give 0 or more, or all");
    }

    private static SplitMode mode(String text) {
        return Arrays.stream(SplitMode.values())
                .filter(mode -> mode.name().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new CliException(
                        ExitCode.USAGE, "--split-mode " + text + " is not known; use none, layer, row or tensor"));
    }

    private static double[] shares(String text) {
        String[] parts = text.split(",", -1);
        double[] shares = new double[parts.length];
        try {
            for (int i = 0; i < parts.length; i++) {
                shares[i] = Double.parseDouble(parts[i].strip());
            }
        } catch (NumberFormatException e) {
            throw new CliException(
                    ExitCode.USAGE, "--tensor-split " + text + " is no list of numbers; give for example 3,1");
        }
        return shares;
    }

    /** The devices of a model for a table. */
    static String names(Iterable<Device> devices) {
        StringBuilder names = new StringBuilder();
        devices.forEach(device -> names.append(names.length() == 0 ? "" : ",").append(device.name()));
        return names.length() == 0 ? "CPU" : names.toString();
    }
}
