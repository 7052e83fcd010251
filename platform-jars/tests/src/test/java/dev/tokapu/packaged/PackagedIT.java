package dev.tokapu.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.Thorough;
import dev.tokapu.testsupport.TinyGguf;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One application in the ways that applications are packed, and on machines that do not let everything be done. */
class PackagedIT {

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static String model;
    private static String logits;
    private static Path image;

    @BeforeAll
    static void writeModel() throws IOException {
        model = TinyGguf.writeTo(shared).toString();
        image = link(shared.resolve("image"));
        logits = Application.answer(model)
                .lines()
                .filter(line -> line.startsWith("logits "))
                .findFirst()
                .orElseThrow();
    }

    /** The application on the class path, its cache in a folder of the test. */
    private Program onClassPath() {
        return Program.java()
                .with(Program.nativeAccess("ALL-UNNAMED"))
                .with("-cp", Jars.path(Jars.all(), Jars.application(folder.resolve("app.jar"))));
    }

    private String cache() {
        return "-Dtokapu.cache.dir=" + folder.resolve("cache");
    }

    private static String[] main() {
        return new String[] {Application.class.getName(), model};
    }

    private void assertAnswers(Program.Result result) {
        assertThat("logits " + result.line("logits")).isEqualTo(logits);
        assertThat(result.line("binding")).isEqualTo(System.getProperty("tokapu.binding"));
    }

    // --- packed

    @Test
    void application_ofSpringBoot_readsTheLibrariesFromTheJarInItsJar() throws IOException {
        Path jar = Jars.springBoot(folder.resolve("application.jar"));

        Program.Result result = Program.java()
                .with(Program.nativeAccess("ALL-UNNAMED"))
                .with(cache(), "-jar", jar.toString(), model)
                .run();

        assertAnswers(result);
        assertThat(result.line("libraries")).startsWith(folder.resolve("cache").toString());
    }

    @Test
    void application_onTheModulePath_findsTheLibraries() {
        String access = "dev.tokapu." + System.getProperty("tokapu.binding");

        assertAnswers(Program.java()
                .with(Program.nativeAccess(access))
                .with(cache(), "-p", Jars.path(Jars.all()), "--add-modules", "ALL-MODULE-PATH")
                .with("-cp", Jars.application(folder.resolve("app.jar")).toString())
                .with(main())
                .run());
    }

    /** The libraries stay on the class path: their jar has no descriptor, since one module of it is of no use to all. */
    @Test
    void application_linkedByJlink_runsWithoutAnotherJava() throws IOException {
        assertAnswers(Program.java(image.resolve("bin/java").toString(), new String[0])
                .with(Program.nativeAccess("dev.tokapu." + System.getProperty("tokapu.binding")))
                .with(cache(), "-cp", Jars.path(List.of(natives()), Jars.application(folder.resolve("app.jar"))))
                .with(main())
                .run());
    }

    @Test
    @Tag("ffm")
    void application_packedByJpackage_runs() throws IOException {
        Path input = Files.createDirectories(folder.resolve("input"));
        Jars.application(input.resolve("app.jar"));
        Files.copy(natives(), input.resolve("natives.jar"));

        Program.Result packed = Program.of(Program.tool("jpackage"), "--type", "app-image", "--name", "app")
                .with(
                        "--runtime-image",
                        image.toString(),
                        "--dest",
                        folder.resolve("packed").toString())
                .with("--input", input.toString(), "--main-jar", "app.jar", "--main-class", Application.class.getName())
                .with("--java-options", Program.binding(), "--java-options", cache())
                .with("--java-options", "--enable-native-access=dev.tokapu.ffm")
                .run();
        assertThat(packed.exit()).as(packed.out()).isZero();

        assertAnswers(Program.of(folder.resolve("packed/app/bin/app").toString(), model)
                .run());
    }

    private static Path link(Path output) {
        String binding = "dev.tokapu." + System.getProperty("tokapu.binding");
        Program.Result linked = Program.of(Program.tool("jlink"), "--output", output.toString())
                .with(
                        "--module-path",
                        Jars.path(Jars.all().stream()
                                .filter(jar -> !jar.equals(natives()))
                                .toList()))
                .with("--add-modules", "dev.tokapu," + binding, "--no-header-files", "--no-man-pages")
                .run();
        assertThat(linked.exit()).as(linked.out()).isZero();
        return output;
    }

    private static Path natives() {
        return Jars.named("tokapu-native");
    }

    /** With FFM: JavaCPP is a bundle with a class loader of its own, which the JNI binding cannot use. */
    @Test
    @Tag("ffm")
    void application_asABundleOfOsgi_answers() {
        List<String> bundles = Jars.all().stream()
                .map(Path::toString)
                .filter(jar -> !jar.contains("slf4j") && !jar.contains("javacpp") && !jar.contains("tokapu-jni"))
                .toList();

        Program.Result result = Program.java()
                .with(Program.nativeAccess("ALL-UNNAMED"))
                .with(
                        cache(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")))
                .with(OsgiApplication.class.getName(), folder.toString(), model)
                .with(bundles)
                .run();

        assertAnswers(result);
        assertThat(result.line("libraries")).startsWith(folder.resolve("cache").toString());
    }

    // --- machines

    @Test
    void application_inFoldersWithSpacesAndUmlauts_answers() throws IOException {
        Path odd = Files.createDirectories(folder.resolve("größe 100% + #1"));
        List<Path> jars = new ArrayList<>();
        for (Path jar : Jars.all()) {
            jars.add(Files.copy(jar, odd.resolve(jar.getFileName())));
        }

        Program.Result result = Program.java()
                .with(Program.nativeAccess("ALL-UNNAMED"))
                .with("-Dtokapu.cache.dir=" + odd.resolve("cache ä"))
                .with("-cp", Jars.path(jars, Jars.application(odd.resolve("app ß.jar"))))
                .with(main())
                .environment("LC_ALL", "C.UTF-8")
                .run();

        assertAnswers(result);
        assertThat(result.line("libraries")).startsWith(odd.resolve("cache ä").toString());
    }

    /** A home that the locale cannot name is left out, as one that cannot be written. */
    @Test
    void application_inTheLocaleC_withAHomeOfOtherLetters_answers() throws IOException {
        Path home = Files.createDirectories(folder.resolve("größe"));

        assertAnswers(onClassPath()
                .with("-Djava.io.tmpdir=" + folder)
                .with(main())
                .through("sh", "-c", "HOME=$1 && export HOME && shift && exec \"$@\"", "sh", home.toString())
                .environment("LC_ALL", "C")
                .environment("LANG", "C")
                .environment("XDG_CACHE_HOME", "")
                .run());
    }

    @Test
    void application_withoutAHomeToWrite_usesTheTemporaryFolder() {
        Program.Result result = onClassPath()
                .with("-Duser.home=/dev/null/home", "-Djava.io.tmpdir=" + folder)
                .with(main())
                .environment("XDG_CACHE_HOME", "")
                .run();

        assertAnswers(result);
        assertThat(result.line("libraries")).startsWith(folder + File.separator + "tokapu-");
    }

    /** A system with a Java and the libraries of the C compiler: no other program, no variable, no user. */
    @Test
    void application_whereNothingButJavaIsInstalled_answers() throws IOException {
        Path root = Files.createDirectories(folder.resolve("root"));
        for (String place : List.of("java", "tmp", "lib", "lib64", "usr/lib", "proc")) {
            Files.createDirectories(root.resolve(place));
        }
        Jars.application(root.resolve("app.jar"));
        Files.copy(natives(), root.resolve("natives.jar"));
        Files.copy(Path.of(model), root.resolve("model.gguf"));
        String script = "mount --rbind \"$2\" \"$1/java\" && for place in lib lib64 usr/lib proc; do "
                + "[ ! -d /$place ] || mount --rbind /$place \"$1/$place\" || exit; done && chroot=$(command -v chroot) && "
                + "root=$1 && shift 2 && exec env -i \"$chroot\" \"$root\" \"$@\"";

        Program.Result result = Program.java("/java/bin/java", new String[0])
                .with(Program.nativeAccess("dev.tokapu." + System.getProperty("tokapu.binding")))
                .with("-cp", "/natives.jar:/app.jar", Application.class.getName(), "/model.gguf")
                .through(mounting(script, root, image))
                .run();

        assertAnswers(result);
        assertThat(result.line("libraries")).startsWith("/tmp/tokapu-");
    }

    /** Whole starts; twenty processes that only unpack are in NativeLibrariesTest. */
    @Test
    void application_startedManyTimesAtOnceOnAnEmptyCache_answersInEach() throws Exception {
        Program program = onClassPath().with(cache()).with(main());
        ExecutorService executor = Executors.newCachedThreadPool();
        try {
            for (Future<Program.Result> result : executor.invokeAll(
                    Collections.<Callable<Program.Result>>nCopies(Thorough.cases(20, 4, 4), program::run))) {
                assertAnswers(result.get());
            }
        } finally {
            executor.shutdownNow();
        }
        try (Stream<Path> unpacked = Files.list(folder.resolve("cache/native"))) {
            assertThat(unpacked.filter(Files::isDirectory)).hasSize(1);
        }
    }

    @Test
    void application_whereTheCacheForbidsExecution_isToldWhatToDo() throws IOException {
        Path mounted = Files.createDirectories(folder.resolve("cache"));

        Program.Result result = onClassPath()
                .with(cache())
                .with(main())
                .through(noexec(mounted))
                .run();

        assertThat(result.exit()).as(result.out()).isEqualTo(1);
        assertThat(result.out())
                .contains("The file system " + mounted + " does not allow execution (noexec)", "-Dtokapu.cache.dir");
    }

    @Test
    void application_whereTheTemporaryFolderForbidsExecution_answers() throws IOException {
        Path mounted = Files.createDirectories(folder.resolve("temporary"));

        assertAnswers(onClassPath()
                .with(cache(), "-Djava.io.tmpdir=" + mounted)
                .with(main())
                .through(noexec(mounted))
                .run());
    }

    private static String[] noexec(Path folder) {
        return mounting("mount -t tmpfs -o noexec tmpfs \"$1\" && shift && exec \"$@\"", folder);
    }

    /** A script in a name space of its own, where file systems can be mounted; the command follows its arguments. */
    private static String[] mounting(String script, Path... arguments) {
        List<String> command =
                new ArrayList<>(List.of("unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh"));
        for (Path argument : arguments) {
            command.add(argument.toString());
        }
        return command.toArray(String[]::new);
    }
}
