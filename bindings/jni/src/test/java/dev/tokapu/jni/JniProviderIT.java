package dev.tokapu.jni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.tokapu.spi.ContextOptionF;
import dev.tokapu.spi.ContextOptionI;
import dev.tokapu.spi.LogLevel;
import dev.tokapu.spi.ModelInfoKey;
import dev.tokapu.spi.ModelOptionI;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NumaStrategy;
import dev.tokapu.spi.Status;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
        assertThat(api.backends().init(bytes(folder.toString()), new byte[0], NumaStrategy.NONE))
                .isZero();
        long[] handle = new long[1];
        assertThat(loadModel(handle, null)).isZero();
        model = handle[0];
        long[] ints = new long[ContextOptionI.COUNT];
        double[] floats = new double[ContextOptionF.COUNT];
        assertThat(api.contexts().defaults(ints, floats)).isZero();
        ints[ContextOptionI.N_CTX] = 512;
        ints[ContextOptionI.N_THREADS] = 1;
        assertThat(api.contexts().create(model, ints, floats, handle)).isZero();
        context = handle[0];
        assertThat(api.samplers().create(model, handle)).isZero();
        sampler = handle[0];
        assertThat(api.samplers().addGreedy(sampler)).isZero();
    }

    @AfterAll
    static void free() {
        api.samplers().free(sampler);
        api.contexts().free(context);
        api.models().free(model);
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
            Object system = second.getClass().getMethod("system").invoke(second);
            Class<?> type = Class.forName("dev.tokapu.spi.SystemApi", true, other);

            assertThat(second).isNotInstanceOf(NativeApi.class);
            assertThat(type.getMethod("abiVersion").invoke(system))
                    .isEqualTo(api.system().abiVersion());
        }
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
            check(api.contexts().decode(context, 1, token, null, position, one, sequence, ONE_OUTPUT));
            check(api.contexts().logits(context, 0, logits));
            check(api.samplers().sample(sampler, context, 0, token));
            check(api.samplers().accept(sampler, token[0]));
            check(api.vocab().tokenPiece(model, token[0], 1, piece, length));
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
        api.system().logSet((level, line) -> lines.add(level + " " + line), LogLevel.DEBUG);
        long[] other = new long[1];
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            assertThat(loadModel(other, null)).isZero();
            api.system()
                    .logSet(
                            (level, line) -> {
                                throw new IllegalStateException(line);
                            },
                            LogLevel.DEBUG);
            api.models().free(other[0]);
            assertThat(loadModel(other, null)).isZero();
        } finally {
            System.setOut(out);
            api.system().logSet(null, LogLevel.DEBUG);
            api.models().free(other[0]);
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
        api.models().free(other[0]);

        assertThat(seen).isNotEmpty().isSorted().endsWith(1.0f);
        assertThat(loadModel(other, progress -> false)).isEqualTo(Status.ERROR_CANCELLED);
    }

    @Test
    void decode_withTooShortArrays_throwsBeforeTheCall() {
        assertThatThrownBy(() -> api.contexts().decode(context, 2, new int[1], null, null, null, null, null))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() ->
                        api.contexts().decode(context, 1, new int[1], null, null, new int[] {2}, new int[1], null))
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
        long[] options = new long[ModelOptionI.COUNT];
        check(api.models().defaults(options));
        byte[] path = bytes(NativeFolder.model().toString());
        return api.models().load(Arrays.copyOf(path, path.length + 1), 1, options, new byte[0], 0, 0, progress, handle);
    }

    private static int vocabSize() {
        long[] info = new long[ModelInfoKey.COUNT];
        check(api.models().info(model, info));
        return (int) info[ModelInfoKey.N_VOCAB];
    }

    private static void check(int status) {
        if (status != Status.OK) {
            byte[] text = new byte[1000];
            int[] length = new int[1];
            api.system().lastError(text, length);
            throw new IllegalStateException(status + " " + new String(text, 0, length[0], StandardCharsets.UTF_8));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
