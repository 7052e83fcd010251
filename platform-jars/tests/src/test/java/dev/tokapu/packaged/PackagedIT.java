package dev.tokapu.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.TinyGguf;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    @BeforeAll
    static void writeModel() throws IOException {
        model = TinyGguf.writeTo(shared).toString();
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
        Path image = link();

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
                        link().toString(),
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

    private Path link() {
        String binding = "dev.tokapu." + System.getProperty("tokapu.binding");
        Path image = folder.resolve("image");
        Program.Result linked = Program.of(Program.tool("jlink"), "--output", image.toString())
                .with(
                        "--module-path",
                        Jars.path(Jars.all().stream()
                                .filter(jar -> !jar.equals(natives()))
                                .toList()))
                .with("--add-modules", "dev.tokapu," + binding, "--no-header-files", "--no-man-pages")
                .run();
        assertThat(linked.exit()).as(linked.out()).isZero();
        return image;
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

    /** In a name space of its own, where a file system can be mounted. */
    @Test
    void application_whereTheCacheForbidsExecution_isToldWhatToDo() throws IOException {
        Path mounted = Files.createDirectories(folder.resolve("cache"));

        Program.Result result = onClassPath()
                .with(cache())
                .with(main())
                .through(
                        "unshare",
                        "--map-root-user",
                        "--mount",
                        "sh",
                        "-c",
                        "mount -t tmpfs -o noexec tmpfs \"$1\" && shift && exec \"$@\"",
                        "sh",
                        mounted.toString())
                .run();

        assertThat(result.exit()).as(result.out()).isEqualTo(1);
        assertThat(result.out())
                .contains("The file system " + mounted + " does not allow execution (noexec)", "-Dtokapu.cache.dir");
    }
}
