package dev.tokapu.internal.natives;

import dev.tokapu.spi.NativeApi;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether devices work, checked once for each by letting it compute.
 *
 * <p>Thread safety: safe.
 */
public final class DeviceProblems {

    private static final Map<NativeApi, DeviceProblems> OF_APIS = Collections.synchronizedMap(new IdentityHashMap<>());

    private final NativeApi api;
    private final Map<Integer, String> problems = new ConcurrentHashMap<>();

    private DeviceProblems(NativeApi api) {
        this.api = api;
    }

    /**
     * The checks behind these functions.
     *
     * @param api the functions, ready for models
     * @return always the same object for the same functions
     */
    public static DeviceProblems of(NativeApi api) {
        return OF_APIS.computeIfAbsent(api, DeviceProblems::new);
    }

    /**
     * What is wrong with a device.
     *
     * @return the words of the driver, empty when it works
     */
    public String problem(int index) {
        return problems.computeIfAbsent(index, this::check);
    }

    private String check(int index) {
        int status = api.devices().check(index);
        if (status >= 0) {
            return "";
        }
        String reason = NativeErrors.lastError(api);
        return reason.isEmpty() ? "it failed with status " + status : reason;
    }
}
