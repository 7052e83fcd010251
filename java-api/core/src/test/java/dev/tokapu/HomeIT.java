package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.tokapu.testsupport.ChildJvm;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.testsupport.ZipFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that have to be extracted, by users whose home cannot be written or is none. */
class HomeIT {

    @TempDir
    Path folder;

    private Path jar;
    private Path temp;
    private Path work;

    @BeforeEach
    void makeFolders() throws IOException {
        temp = Files.createDirectory(folder.resolve("temp"));
        work = Files.createDirectory(folder.resolve("work"));
        jar = ZipFiles.write(
                folder.resolve("models.jar"), "tiny.gguf", Files.readAllBytes(TestModels.tinyFile()), false);
    }

    private ChildJvm child(String home, String cache) {
        return new ChildJvm(HomeChild.class)
                .option("-Duser.home=" + home)
                .option("-Djava.io.tmpdir=" + temp)
                .environment("XDG_CACHE_HOME", cache)
                .environment("HOME", "")
                .through("sh", "-c", "cd \"$0\" && exec \"$@\"", work.toString());
    }

    private void assertCopyBelow(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.filter(file -> file.toString().endsWith("-tiny.gguf")))
                    .hasSize(1);
        }
        assertThat(work).isEmptyDirectory();
    }

    static List<Arguments> homes() {
        return Thorough.some(
                List.of(
                        arguments("/proc/none", ""),
                        arguments("?", ""),
                        arguments("", ""),
                        arguments("relative", ""),
                        arguments("/proc/none", "/proc/none"),
                        arguments("?", "relative")),
                4,
                2);
    }

    @ParameterizedTest
    @MethodSource("homes")
    void homeThatCannotBeWritten_isReplacedByTheTempFolder(String home, String cache) throws IOException {
        ChildJvm.Result result = child(home, cache).run(jar.toString());
        assertThat(result.out()).as(result.err()).isEqualTo("loaded llama\n");
        assertCopyBelow(temp);
    }

    @Test
    void cacheThatCannotBeWritten_isReplacedByTheHome() throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        ChildJvm.Result result = child(home.toString(), "/proc/none").run(jar.toString());
        assertThat(result.out()).as(result.err()).isEqualTo("loaded llama\n");
        assertCopyBelow(home);
    }

    /** Java knows no home of a user without a name, as in many containers. */
    @Test
    void homeThatJavaDoesNotKnow_isThatOfTheVariable() throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        ChildJvm.Result result =
                child("?", "").environment("HOME", home.toString()).run(jar.toString());
        assertThat(result.out()).as(result.err()).isEqualTo("loaded llama\n");
        assertCopyBelow(home);
    }

    @Test
    void nothingThatCanBeWritten_isSaidWithTheRemedy() throws IOException {
        ChildJvm.Result result = child("/proc/none", "/proc/none")
                .option("-Djava.io.tmpdir=/proc/none")
                .run(jar.toString());
        assertThat(result.out())
                .contains("No directory for the cache", "/proc/none/tokapu", "/proc/none/.cache", "-Dtokapu.cache.dir");
        assertThat(work).isEmptyDirectory();
    }
}
