package dev.tokapu;

import dev.tokapu.device.Device;
import dev.tokapu.device.DeviceType;
import dev.tokapu.internal.load.ModelLocation;
import dev.tokapu.source.ModelSource;
import dev.tokapu.spi.ContextInfoKey;
import dev.tokapu.spi.DeviceInfoKey;
import dev.tokapu.spi.DeviceTextKey;
import dev.tokapu.spi.ModelInfoKey;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.Status;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A {@link NativeApi} without native code: every function, {@code models.load} for example, answers 0 and can be replaced. */
public final class FakeApi {

    /** The vocabulary size of {@link #model()}. */
    public static final int VOCAB_SIZE = 100;

    /** What a function does. */
    @FunctionalInterface
    public interface Handler {

        int call(Object[] arguments);
    }

    /** In the order of the header. */
    private static final List<DeviceType> TYPES =
            List.of(DeviceType.CPU, DeviceType.GPU, DeviceType.IGPU, DeviceType.ACCEL, DeviceType.META);

    private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final NativeApi api = newApi();
    private volatile String error = "";
    private long nextId = 1;

    public FakeApi() {
        on("system.lastError", a -> text(a[0], a[1], error));
        on("models.load", a -> newId(a[7]));
        on("models.loadRange", a -> newId(a[8]));
        on("models.loadFd", a -> newId(a[8]));
        on("devices.placementNew", a -> newId(a[7]));
        on("contexts.create", a -> newId(a[3]));
        on("samplers.create", a -> newId(a[1]));
        on("models.info", a -> {
            long[] info = (long[]) a[1];
            info[ModelInfoKey.N_VOCAB] = VOCAB_SIZE;
            info[ModelInfoKey.VOCAB_TYPE] = 1;
            info[ModelInfoKey.N_CTX_TRAIN] = 512;
            info[ModelInfoKey.N_EMBD_INP] = 4;
            info[ModelInfoKey.N_EMBD_OUT] = 4;
            info[ModelInfoKey.HAS_DECODER] = 1;
            info[ModelInfoKey.DECODER_START_TOKEN] = -1;
            info[ModelInfoKey.BOS] = 1;
            info[ModelInfoKey.PAD] = -1;
            return 0;
        });
        on("contexts.info", a -> {
            long[] info = (long[]) a[1];
            info[ContextInfoKey.N_CTX] = 64;
            info[ContextInfoKey.N_CTX_SEQ] = 32;
            info[ContextInfoKey.N_BATCH] = 16;
            info[ContextInfoKey.N_UBATCH] = 8;
            info[ContextInfoKey.N_SEQ_MAX] = 2;
            info[ContextInfoKey.HAS_MEMORY] = 1;
            return 0;
        });
        devices(cpu());
        on("memory.seqRange", a -> {
            ((int[]) a[2])[0] = -1;
            ((int[]) a[3])[0] = -1;
            return 0;
        });
    }

    /** The processor: the device that is always there. */
    public static Device cpu() {
        return new Device(0, "CPU", "CPU", "Fake Processor", DeviceType.CPU, "", 64L << 30, 64L << 30, "", "");
    }

    /** A GPU of 16 GiB, of which 15 are free. */
    public static Device gpu(int index, String name) {
        String id = "0000:0" + index + ":00.0";
        return new Device(
                index, name, "CUDA", "Fake GPU", DeviceType.GPU, id, 16L << 30, 15L << 30, "9.0", "580.1 (CUDA 13.0)");
    }

    /** The devices of the machine. */
    public FakeApi devices(Device... devices) {
        on("devices.count", a -> {
            ((int[]) a[0])[0] = devices.length;
            return 0;
        });
        on("devices.info", a -> {
            Device device = devices[(int) a[0]];
            long[] info = (long[]) a[1];
            info[DeviceInfoKey.TYPE] = TYPES.indexOf(device.type());
            info[DeviceInfoKey.MEMORY_FREE] = device.memoryFree();
            info[DeviceInfoKey.MEMORY_TOTAL] = device.memoryTotal();
            String capability = device.computeCapability().replace(".", "");
            info[DeviceInfoKey.COMPUTE_CAPABILITY] = capability.isEmpty() ? 0 : Long.parseLong(capability);
            return 0;
        });
        on("devices.text", a -> {
            Device device = devices[(int) a[0]];
            String text = switch ((int) a[1]) {
                case DeviceTextKey.NAME -> device.name();
                case DeviceTextKey.DESCRIPTION -> device.description();
                case DeviceTextKey.BACKEND -> device.backend();
                default -> device.id();
            };
            return text(a[2], a[3], text);
        });
        return on("backends.cudaDriver", a -> text(a[0], a[1], "580.1\t13.0"));
    }

    /** Devices that cannot compute. */
    public FakeApi broken(Map<Integer, String> problems) {
        return on("devices.check", a -> {
            String problem = problems.get((int) a[0]);
            error = problem == null ? error : problem;
            return problem == null ? 0 : Status.ERROR_BACKEND;
        });
    }

    /** Replaces a function. */
    public FakeApi on(String method, Handler handler) {
        handlers.put(method, handler);
        return this;
    }

    /** Lets a function fail with a status and a text of last error. */
    public FakeApi fail(String method, int status, String text) {
        return on(method, a -> {
            error = text;
            return status;
        });
    }

    /** The functions. */
    public NativeApi api() {
        return api;
    }

    /** The names of the functions called so far. */
    public List<String> calls() {
        return calls;
    }

    /** How often a function was called. */
    public long count(String method) {
        return calls.stream().filter(method::equals).count();
    }

    /** A model that is served by these functions. */
    public Model model() {
        return model(ModelOptions.defaults());
    }

    /** A model with options. */
    public Model model(ModelOptions options) {
        Path path = Path.of("folder", "fake.gguf");
        return Model.load(api, ModelSource.file(path), new ModelLocation.Files(List.of(path)), options);
    }

    /** Writes text as the functions do. */
    public static int text(Object buf, Object length, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ((int[]) length)[0] = bytes.length;
        if (bytes.length > ((byte[]) buf).length) {
            return Status.ERROR_BUFFER;
        }
        System.arraycopy(bytes, 0, buf, 0, bytes.length);
        return 0;
    }

    private synchronized int newId(Object out) {
        ((long[]) out)[0] = nextId++;
        return 0;
    }

    private NativeApi newApi() {
        RecordComponent[] topics = NativeApi.class.getRecordComponents();
        Class<?>[] types = Arrays.stream(topics).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] proxies = Arrays.stream(topics).map(this::newTopic).toArray();
        try {
            return NativeApi.class.getConstructor(types).newInstance(proxies);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private Object newTopic(RecordComponent topic) {
        return Proxy.newProxyInstance(
                FakeApi.class.getClassLoader(),
                new Class<?>[] {topic.getType()},
                (proxy, method, arguments) -> call(topic.getName() + '.' + method.getName(), arguments));
    }

    private int call(String function, Object[] arguments) {
        if (!function.equals("system.lastError")) {
            calls.add(function);
        }
        Handler handler = handlers.get(function);
        return handler == null ? 0 : handler.call(arguments == null ? new Object[0] : arguments);
    }
}
