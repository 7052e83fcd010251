package dev.tokapu.jni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NativeConstants;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is particular to the JNI binding; the contract itself is tested in contract-tests. */
class JniProviderIT {

    private static final byte[] ONE_OUTPUT = {1};

    private static Path folder;
    private static NativeApi api;
    private static long model;
    private static long context;
    private static long sampler;

    @BeforeAll
    static void load() throws Exception {
        folder = NativeFolder.link();
        api = new JniProvider().load(folder);
        assertThat(api.backendInit(bytes(folder.toString()), new byte[0])).isZero();
        long[] handle = new long[1];
        assertThat(loadModel(handle, null)).isZero();
        model = handle[0];
        long[] ints = new long[NativeConstants.CONTEXT_I_COUNT];
        double[] floats = new double[NativeConstants.CONTEXT_F_COUNT];
        assertThat(api.contextDefaults(ints, floats)).isZero();
        ints[NativeConstants.CONTEXT_I_N_CTX] = 512;
        ints[NativeConstants.CONTEXT_I_N_THREADS] = 1;
        assertThat(api.contextNew(model, ints, floats, handle)).isZero();
        context = handle[0];
        assertThat(api.samplerNew(model, handle)).isZero();
        sampler = handle[0];
        assertThat(api.samplerAddGreedy(sampler)).isZero();
    }

    @AfterAll
    static void free() {
        api.samplerFree(sampler);
        api.contextFree(context);
        api.modelFree(model);
    }

    @Test
    void load_writesNothing() {
        // pom.xml sets user.home to a folder that does not exist.
        assertThat(Path.of(System.getProperty("user.home"), ".javacpp")).doesNotExist();
        assertThat(System.getProperty("org.bytedeco.javacpp.loadLibraries")).isNull();
    }

    @Test
    void load_fromAMissingFolder_saysWhichFile() {
        assertThatThrownBy(() -> new JniProvider().load(Path.of("nowhere")))
                .hasMessageContaining("nowhere")
                .hasMessageContaining("libjnitokapu.so");
    }

    @Test
    void unsupportedReason_withJavaCppInAParentLoader_saysSo() throws Exception {
        URL[] javaCpp =
                classPath().filter(url -> url.getPath().contains("javacpp")).toArray(URL[]::new);
        URL[] path = classPath().toArray(URL[]::new);
        try (URLClassLoader parent = new URLClassLoader(javaCpp, ClassLoader.getPlatformClassLoader());
                URLClassLoader child = new URLClassLoader(path, parent)) {
            Class<?> provider = Class.forName("dev.tokapu.jni.JniProvider", true, child);
            Object instance = provider.getConstructor().newInstance();

            assertThat(provider.getMethod("unsupportedReason").invoke(instance))
                    .asString()
                    .contains("same class loader");
        }
        assertThat(new JniProvider().unsupportedReason()).isNull();
    }

    @Test
    void load_inASecondClassLoader_works() throws Exception {
        URL[] path = classPath().toArray(URL[]::new);
        try (URLClassLoader other = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
            Class<?> provider = Class.forName("dev.tokapu.jni.JniProvider", true, other);
            Object instance = provider.getConstructor().newInstance();
            Object second = provider.getMethod("load", Path.class).invoke(instance, folder);
            Class<?> type = Class.forName("dev.tokapu.spi.NativeApi", true, other);

            assertThat(second).isNotInstanceOf(NativeApi.class);
            assertThat(type.getMethod("abiVersion").invoke(second)).isEqualTo(api.abiVersion());
        }
    }

    @Test
    void nativeConstants_everyOneOfTheHeader_hasItsValue() throws Exception {
        Map<String, Object> header = new TreeMap<>();
        Map<String, Object> java = new TreeMap<>();
        for (Field constant : TokapuLibrary.class.getDeclaredFields()) {
            if (constant.getName().startsWith("TOKAPU_")) {
                String name = constant.getName().substring("TOKAPU_".length());
                header.put(name, constant.get(null));
                java.put(name, NativeConstants.class.getField(name).get(null));
            }
        }

        assertThat(java).hasSizeGreaterThan(100).isEqualTo(header);
        assertThat(NativeConstants.ABI_VERSION).isEqualTo(api.abiVersion());
    }

    @Test
    void hotCalls_inSteadyState_allocateNothing() {
        int[] token = {1};
        int[] position = {0};
        int[] one = {1};
        int[] sequence = {0};
        int[] length = new int[1];
        byte[] piece = new byte[256];
        float[] logits = new float[vocabSize()];
        Runnable step = () -> {
            check(api.decode(context, 1, token, null, position, one, sequence, ONE_OUTPUT));
            check(api.logits(context, 0, logits));
            check(api.samplerSample(sampler, context, 0, token));
            check(api.samplerAccept(sampler, token[0]));
            check(api.tokenPiece(model, token[0], 1, piece, length));
            position[0]++;
        };
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 30; i++) {
            step.run();
        }
        long least = Long.MAX_VALUE;
        // The least of several rounds: the JIT compiler may allocate on behalf of this thread.
        for (int round = 0; round < 3; round++) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < 20; i++) {
                step.run();
            }
            long after = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            least = Math.min(least, after - before);
        }

        assertThat(least).isZero();
    }

    @Test
    void logSet_linesAndThrowingSinks_reachJavaAndNoFurther() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        api.logSet((level, line) -> lines.add(level + " " + line), NativeConstants.LOG_DEBUG);
        long[] other = new long[1];
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            assertThat(loadModel(other, null)).isZero();
            api.logSet(
                    (level, line) -> {
                        throw new IllegalStateException(line);
                    },
                    NativeConstants.LOG_DEBUG);
            api.modelFree(other[0]);
            assertThat(loadModel(other, null)).isZero();
        } finally {
            System.setOut(out);
            api.logSet(null, NativeConstants.LOG_DEBUG);
            api.modelFree(other[0]);
        }

        assertThat(lines).isNotEmpty().allMatch(line -> line.matches("(?s)[1-4] .*"));
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void modelLoad_withAThrowingListener_throwsItAfterwards() {
        ArithmeticException thrown = new ArithmeticException("from the listener");

        assertThatThrownBy(() -> loadModel(new long[1], progress -> {
                    throw thrown;
                }))
                .isSameAs(thrown);
    }

    @Test
    void modelLoad_withAListener_isCalledAndCancels() throws Exception {
        List<Float> seen = new CopyOnWriteArrayList<>();
        long[] other = new long[1];

        assertThat(loadModel(other, seen::add)).isZero();
        api.modelFree(other[0]);

        assertThat(seen).isNotEmpty().isSorted().endsWith(1.0f);
        assertThat(loadModel(other, progress -> false)).isEqualTo(NativeConstants.ERROR_CANCELLED);
    }

    @Test
    void decode_withTooShortArrays_throwsBeforeTheCall() {
        assertThatThrownBy(() -> api.decode(context, 2, new int[1], null, null, null, null, null))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> api.decode(context, 1, new int[1], null, null, new int[] {2}, new int[1], null))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static Stream<URL> classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> {
                    try {
                        return Path.of(entry).toUri().toURL();
                    } catch (MalformedURLException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private static int loadModel(long[] handle, dev.tokapu.spi.ProgressListener progress) throws Exception {
        long[] options = new long[NativeConstants.MODEL_I_COUNT];
        check(api.modelDefaults(options));
        byte[] path = bytes(NativeFolder.model().toString());
        return api.modelLoad(Arrays.copyOf(path, path.length + 1), 1, options, new byte[0], 0, 0, progress, handle);
    }

    private static int vocabSize() {
        long[] info = new long[NativeConstants.MODEL_INFO_COUNT];
        check(api.modelInfo(model, info));
        return (int) info[NativeConstants.MODEL_INFO_N_VOCAB];
    }

    private static void check(int status) {
        if (status != NativeConstants.OK) {
            byte[] text = new byte[1000];
            int[] length = new int[1];
            api.lastError(text, length);
            throw new IllegalStateException(status + " " + new String(text, 0, length[0], StandardCharsets.UTF_8));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
