package dev.tokapu.server.model;

import dev.tokapu.Tokapu;
import dev.tokapu.device.Device;
import dev.tokapu.device.DeviceType;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.internal.util.MemoryMargin;
import dev.tokapu.server.pool.PoolMemory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What is free on the devices and the host, less a margin, and less the weights of loaded models that are only mapped. */
final class EngineMemory implements PoolMemory {

    private final Supplier<List<LoadedModel>> loaded;

    EngineMemory(Supplier<List<LoadedModel>> loaded) {
        this.loaded = loaded;
    }

    @Override
    public Map<String, Long> free() {
        Map<String, Long> free = new HashMap<>();
        for (Device device : Tokapu.devices()) {
            long margin = MemoryMargin.of(device.memoryTotal());
            if (device.type() == DeviceType.CPU) {
                long mapped = loaded.get().stream()
                        .mapToLong(LoadedModel::mappedBytes)
                        .sum();
                free.put(MemoryReport.HOST, device.memoryFree() - margin - mapped);
            } else if (device.type().isGpu()) {
                free.put(device.name(), device.memoryFree() - margin);
            }
        }
        return free;
    }
}
