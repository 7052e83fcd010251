package dev.tokapu.internal.device;

import dev.tokapu.device.Device;
import dev.tokapu.device.DeviceType;
import dev.tokapu.internal.host.HostMemory;
import dev.tokapu.internal.natives.DeviceProblems;
import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativeRuntime;
import dev.tokapu.spi.DeviceInfoKey;
import dev.tokapu.spi.DeviceTextKey;
import dev.tokapu.spi.NativeApi;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices of the process, and which of them are the best.
 *
 * <p>Thread safety: safe.
 */
public final class Devices {

    /** Replaces the automatic choice: {@code none}, or names with commas between them. */
    public static final String PROPERTY = "tokapu.devices";

    private static final Logger LOG = LoggerFactory.getLogger(Devices.class);
    private static final String SUBJECT = "device";
    private static final Map<NativeApi, Devices> OF_APIS = Collections.synchronizedMap(new IdentityHashMap<>());

    private final NativeApi api;
    private final AtomicBoolean warned = new AtomicBoolean();
    private volatile @Nullable String driver;

    private Devices(NativeApi api) {
        this.api = api;
    }

    /**
     * The devices behind these functions.
     *
     * @param api the functions, ready for models
     * @return always the same object for the same functions
     */
    public static Devices of(NativeApi api) {
        return OF_APIS.computeIfAbsent(api, Devices::new);
    }

    /** {@return the devices of this process; always the same object} */
    public static Devices ofProcess() {
        return of(NativeRuntime.api());
    }

    /** {@return all devices by index, with their memory that is free now} */
    public List<Device> list() {
        int[] count = new int[1];
        NativeErrors.check(api, api.devices().count(count), "counting devices", SUBJECT);
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < count[0]; i++) {
            devices.add(describe(i));
        }
        return List.copyOf(devices);
    }

    private Device describe(int index) {
        long[] info = new long[DeviceInfoKey.COUNT];
        NativeErrors.check(api, api.devices().info(index, info), "describing it", SUBJECT + ' ' + index);
        DeviceType type = type((int) info[DeviceInfoKey.TYPE]);
        String backend = text(index, DeviceTextKey.BACKEND);
        long free = info[DeviceInfoKey.MEMORY_FREE];
        long total = info[DeviceInfoKey.MEMORY_TOTAL];
        if (type == DeviceType.CPU) {
            HostMemory host = HostMemory.now();
            free = Math.min(free, host.available());
            total = Math.min(total, host.total());
        }
        long capability = info[DeviceInfoKey.COMPUTE_CAPABILITY];
        return new Device(
                index,
                text(index, DeviceTextKey.NAME),
                backend,
                text(index, DeviceTextKey.DESCRIPTION).strip(),
                type,
                text(index, DeviceTextKey.ID),
                total,
                free,
                capability == 0 ? "" : capability / 10 + "." + capability % 10,
                backend.equals("CUDA") ? driver() : "");
    }

    private static DeviceType type(int code) {
        return switch (code) {
            case dev.tokapu.spi.DeviceType.CPU -> DeviceType.CPU;
            case dev.tokapu.spi.DeviceType.GPU -> DeviceType.GPU;
            case dev.tokapu.spi.DeviceType.IGPU -> DeviceType.IGPU;
            case dev.tokapu.spi.DeviceType.ACCEL -> DeviceType.ACCEL;
            case dev.tokapu.spi.DeviceType.META -> DeviceType.META;
            default ->
                throw new IllegalStateException(
                        "the native library has a device of type " + code + ", which this version does not know");
        };
    }

    private String text(int index, int key) {
        return NativeErrors.text(
                api,
                "describing it",
                SUBJECT + ' ' + index,
                (buf, length) -> api.devices().text(index, key, buf, length));
    }

    private String driver() {
        String known = driver;
        if (known == null) {
            String[] fields = NativeErrors.text(
                            api, "asking for its version", "NVIDIA driver", api.backends()::cudaDriver)
                    .split("\t", 2);
            known = fields.length < 2 || fields[1].isEmpty() ? fields[0] : fields[0] + " (CUDA " + fields[1] + ')';
            driver = known;
        }
        return known;
    }

    /** {@return the index of the CPU, whose memory is the host's} */
    public int cpu() {
        return list().stream()
                .filter(device -> device.type() == DeviceType.CPU)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no CPU among the devices " + names(list())))
                .index();
    }

    /**
     * The device of a name.
     *
     * @param name its name in this process
     * @throws IllegalArgumentException when there is none
     */
    public Device named(String name) {
        List<Device> devices = list();
        return devices.stream()
                .filter(device -> device.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no device is called '" + name + "'; there are " + names(devices)));
    }

    /**
     * The devices that hold the layers of a model when nobody says otherwise.
     *
     * @return GPUs that work, in the order that llama.cpp uses; empty for the CPU
     * @throws IllegalArgumentException when the system property names a device that is not there
     */
    public List<Device> automatic() {
        String wanted = System.getProperty(PROPERTY, "").strip();
        if (!wanted.isEmpty()) {
            return ofProperty(wanted);
        }
        List<Device> devices = list();
        List<Device> broken = new ArrayList<>();
        List<Device> chosen = new ArrayList<>();
        addWorking(devices, DeviceType.GPU, chosen, broken);
        if (chosen.isEmpty()) {
            addWorking(devices, DeviceType.IGPU, chosen, broken);
        }
        if (!broken.isEmpty() && warned.compareAndSet(false, true)) {
            LOG.warn(
                    "{} not used: {}. Models run on {}. -D{}=none or other names choose without this check.",
                    names(broken),
                    broken.stream()
                            .map(device -> device.name() + ": "
                                    + DeviceProblems.of(api).problem(device.index()))
                            .collect(Collectors.joining("; ")),
                    chosen.isEmpty() ? "the CPU" : names(chosen),
                    PROPERTY);
        }
        return List.copyOf(chosen);
    }

    private List<Device> ofProperty(String wanted) {
        if (wanted.equals("none")) {
            return List.of();
        }
        try {
            List<Device> devices = new ArrayList<>();
            for (String name : wanted.split(",", -1)) {
                devices.add(named(name.strip()));
            }
            return List.copyOf(devices);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "-D" + PROPERTY + '=' + wanted + ": " + e.getMessage() + "; or give none for the CPU alone", e);
        }
    }

    /** As llama.cpp: those behind a network first, a GPU that two backends drive once, integrated ones of one backend. */
    private void addWorking(List<Device> devices, DeviceType type, List<Device> chosen, List<Device> broken) {
        int remote = 0;
        for (Device device : devices) {
            if (device.type() != type || chosen.stream().anyMatch(other -> excludes(other, device))) {
                continue;
            }
            if (!DeviceProblems.of(api).problem(device.index()).isEmpty()) {
                broken.add(device);
            } else if (device.backend().equals("RPC")) {
                chosen.add(remote++, device);
            } else {
                chosen.add(device);
            }
        }
    }

    private static boolean excludes(Device chosen, Device other) {
        return other.type() == DeviceType.IGPU
                ? !chosen.backend().equals(other.backend())
                : !other.id().isEmpty() && chosen.id().equals(other.id());
    }

    private static String names(List<Device> devices) {
        return devices.stream().map(Device::name).collect(Collectors.joining(", "));
    }
}
