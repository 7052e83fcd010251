package dev.tokapu.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.library.Bindings;
import dev.tokapu.spi.library.NativeLibraries;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Loading in several class loaders, and the choice of a binding in JVMs of both versions. */
class LoadingIT extends Contract {

    /** The probe is in no module, and {@code Bindings} is for our own. */
    private static final String EXPORTS = "--add-exports=dev.tokapu.spi/dev.tokapu.spi.library=ALL-UNNAMED";

    private static final String TEXT = "the ring and the thing";

    // --- class loaders

    private static URLClassLoader isolated() {
        URL[] urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(LoadingIT::url)
                .toArray(URL[]::new);
        return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
    }

    private static URL url(String path) {
        try {
            return Path.of(path).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path, e);
        }
    }

    private static int countTokens(ClassLoader loader) throws ReflectiveOperationException {
        Class<?> probe = loader.loadClass(IsolatedProbe.class.getName());
        assertThat(probe).isNotSameAs(IsolatedProbe.class);
        return (int) probe.getMethod("countTokens", String.class, String.class)
                .invoke(null, tinyModel().toString(), TEXT);
    }

    @Test
    void bindings_fourIsolatedClassLoaders_allWork() throws ReflectiveOperationException, IOException {
        int expected = tokenize(model(), TEXT).length;
        List<URLClassLoader> loaders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            loaders.add(isolated());
        }
        for (int round = 0; round < 2; round++) {
            for (URLClassLoader loader : loaders) {
                assertThat(countTokens(loader)).isEqualTo(expected);
            }
        }
        for (URLClassLoader loader : loaders) {
            loader.close();
        }
    }

    // --- processes

    private static String locationOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String locationOf(String type) {
        try {
            return locationOf(Class.forName(type, false, LoadingIT.class.getClassLoader()));
        } catch (ClassNotFoundException e) {
            throw new AssertionError(type + " is not on the class path of the tests", e);
        }
    }

    private static String spi() {
        return locationOf(Bindings.class);
    }

    private static String ffm() {
        return locationOf("dev.tokapu.ffm.FfmProvider");
    }

    private static List<String> jni() {
        return List.of(locationOf("dev.tokapu.jni.JniProvider"), locationOf("org.bytedeco.javacpp.Loader"));
    }

    private static String all() {
        return String.join(
                File.pathSeparator,
                Stream.concat(Stream.of(spi(), ffm()), jni().stream()).toList());
    }

    /** Runs the probe with the libraries of this test. */
    private static String probe(String jdk, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty(jdk), "bin", "java").toString());
        command.add("-Xmx256m");
        command.add("-D" + NativeLibraries.DIRECTORY_PROPERTY + '=' + libraries());
        command.addAll(List.of(options));
        command.add(IsolatedProbe.class.getName());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }

    private static String classPath(String... parts) {
        return String.join(File.pathSeparator, parts) + File.pathSeparator + locationOf(IsolatedProbe.class);
    }

    @Test
    void bindings_java25_choosesFfm() throws IOException, InterruptedException {
        assertThat(probe("tokapu.jdk25", "--enable-native-access=ALL-UNNAMED", "-cp", classPath(all())))
                .isEqualTo("binding ffm");
    }

    @Test
    void bindings_java25WithJniForced_takesJni() throws IOException, InterruptedException {
        assertThat(probe(
                        "tokapu.jdk25",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dtokapu.binding=jni",
                        "-cp",
                        classPath(all())))
                .isEqualTo("binding jni");
    }

    @Test
    void bindings_java17_choosesJni() throws IOException, InterruptedException {
        assertThat(probe("tokapu.jdk17", "-cp", classPath(all()))).isEqualTo("binding jni");
    }

    @Test
    void bindings_java17OnTheModulePath_choosesJni() throws IOException, InterruptedException {
        assertThat(probe("tokapu.jdk17", EXPORTS, "-p", all(), "--add-modules", "ALL-MODULE-PATH", "-cp", classPath()))
                .isEqualTo("binding jni");
    }

    @Test
    void bindings_java25OnTheModulePath_choosesFfm() throws IOException, InterruptedException {
        assertThat(probe(
                        "tokapu.jdk25",
                        EXPORTS,
                        "-p",
                        all(),
                        "--add-modules",
                        "ALL-MODULE-PATH",
                        "--enable-native-access=dev.tokapu.ffm",
                        "--illegal-native-access=deny",
                        "-cp",
                        classPath()))
                .isEqualTo("binding ffm");
    }

    @Test
    void bindings_java17WithFfmOnly_saysWhatIsMissing() throws IOException, InterruptedException {
        assertThat(probe("tokapu.jdk17", "-cp", classPath(spi(), ffm())))
                .isEqualTo("dev.tokapu.spi.NativeLoadException: No binding works on this JVM. ffm: requires Java 22 or"
                        + " newer, this is 17; jni: not on the class path, add dev.tokapu:tokapu-jni");
    }

    @Test
    void bindings_nativeAccessDenied_namesTheFlag() throws IOException, InterruptedException {
        assertThat(probe("tokapu.jdk25", "--illegal-native-access=deny", "-cp", classPath(spi(), ffm())))
                .contains("ffm: native access is denied, pass --enable-native-access=ALL-UNNAMED on the command line");
        assertThat(probe(
                        "tokapu.jdk25",
                        "--illegal-native-access=deny",
                        EXPORTS,
                        "-p",
                        spi() + File.pathSeparator + ffm(),
                        "--add-modules",
                        "ALL-MODULE-PATH",
                        "-cp",
                        classPath()))
                .contains("pass --enable-native-access=dev.tokapu.ffm on the command line");
    }

    @Test
    void bindings_noLibraries_saysWhatToAdd() throws IOException, InterruptedException {
        assertThat(probe("tokapu.jdk17", "-Dtokapu.native.dir=", "-cp", classPath(all())))
                .contains("NativeLoadException: There are no native libraries for linux-x86_64 on the class path")
                .contains("Add dev.tokapu:tokapu-native with the classifier linux-x86_64");
    }
}
