package dev.tokapu.cli;

import dev.tokapu.Tokapu;
import dev.tokapu.device.Device;
import dev.tokapu.device.DeviceType;
import dev.tokapu.engine.PrefixCacheOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a server keeps computed prompts that its KV caches have no room for. */
final class PrefixCacheArgs {

    private static final long MIB = 1 << 20;
    private static final long USUAL_BYTES = 8L << 30;
    private static final int PART_OF_FREE = 8;

    @Option(
            names = "--cache-ram",
            paramLabel = "MIB",
            description =
                    "Host memory for computed prompts that leave the KV cache, in MiB, of all loaded models together; 0 for none."
                            + " Default: an eighth of the free memory, at most 8192.")
    @Nullable
    Integer ram;

    @Option(
            names = "--cache-disk",
            paramLabel = "DIR",
            description =
                    "Keep computed prompts in this folder as well, for the next start. It holds what users wrote. Default: none.")
    @Nullable
    Path disk;

    @Option(
            names = "--cache-disk-limit",
            paramLabel = "MIB",
            description = "How much a model's files may take in --cache-disk, in MiB. Default: 8192.")
    int diskLimit = (int) (USUAL_BYTES / MIB);

    private long freeBytes = -1;

    /**
     * The options of one model's engine, the same each time.
     *
     * @param model its name
     * @param models how many are loaded at the same time at most
     */
    PrefixCacheOptions options(String model, int models) {
        if (ram != null && ram < 0) {
            throw new CliException(ExitCode.USAGE, "--cache-ram is " + ram + "; it must be 0 or more");
        }
        if (diskLimit < 1) {
            throw new CliException(ExitCode.USAGE, "--cache-disk-limit is " + diskLimit + "; it must be 1 or more");
        }
        long bytes = ram == null ? usualBytes() : ram * MIB;
        if (disk != null && bytes < MIB) {
            throw new CliException(
                    ExitCode.USAGE,
                    "--cache-disk needs host memory, and --cache-ram is 0; computed prompts go through it");
        }
        PrefixCacheOptions options = PrefixCacheOptions.defaults().withHostMemory(bytes / models);
        return disk == null ? options : options.withDisk(folder(disk, model), diskLimit * MIB);
    }

    /** Engines do not share a folder; a name may have characters that folders may not. */
    private static Path folder(Path all, String model) {
        String readable = model.replaceAll("[^A-Za-z0-9_-]", "_");
        UUID exact = UUID.nameUUIDFromBytes(model.getBytes(StandardCharsets.UTF_8));
        return all.resolve(readable.substring(0, Math.min(64, readable.length())) + "-" + exact);
    }

    /** As of the first call: models whose options change are loaded anew. */
    private long usualBytes() {
        if (freeBytes < 0) {
            freeBytes = Tokapu.devices().stream()
                    .filter(device -> device.type() == DeviceType.CPU)
                    .mapToLong(Device::memoryFree)
                    .max()
                    .orElse(0);
        }
        return Math.min(USUAL_BYTES, freeBytes / PART_OF_FREE);
    }
}
