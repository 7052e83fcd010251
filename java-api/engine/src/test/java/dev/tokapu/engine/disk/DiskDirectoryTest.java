package dev.tokapu.engine.disk;

import static dev.tokapu.engine.disk.DiskFixture.ALICE;
import static dev.tokapu.engine.disk.DiskFixture.files;
import static dev.tokapu.engine.disk.DiskFixture.load;
import static dev.tokapu.engine.disk.DiskFixture.names;
import static dev.tokapu.engine.disk.DiskFixture.open;
import static dev.tokapu.engine.disk.DiskFixture.scope;
import static dev.tokapu.engine.disk.DiskFixture.store;
import static dev.tokapu.engine.disk.DiskFixture.threads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.tokapu.testsupport.ChildJvm;
import dev.tokapu.testsupport.LogCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may use a directory, and which of its files are the tier's. */
class DiskDirectoryTest {

    @TempDir
    Path folder;

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void open_directoryInUse_isRefusedUntilItIsClosed() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Files.createDirectory(folder.resolve("cache")));
        DiskTier<String> first = open(folder.resolve("cache"));
        for (Path same : List.of(folder.resolve("cache"), folder.resolve("cache/../cache"), link)) {
            assertThatIOException().isThrownBy(() -> open(same)).withMessageContaining("is used by another engine");
        }
        assertThat(store(first, ALICE, "state", 1)).isTrue();
        first.close();
        try (DiskTier<String> second = open(link)) {
            first.close(); // does not release what is no longer its own
            assertThatIOException().isThrownBy(() -> open(link)).withMessageContaining("is used by another engine");
            assertThat(load(second, ALICE, 1)).isEqualTo("state");
        }
        assertThat(threads("test-disk")).isZero();
    }

    /** The locks of a process are gone once it closes any channel of the file. */
    @Test
    void open_refusedInThisProcess_isRefusedInOthersStill() throws IOException {
        DiskTier<String> first = open(folder);
        first.close();
        try (DiskTier<String> second = open(folder)) {
            first.close();
            assertThatIOException().isThrownBy(() -> open(folder));
            ChildJvm.Result other = new ChildJvm(DiskFullChild.class).run(folder.toString());
            assertThat(other.err()).contains("is used by another engine");
            assertThat(second.entries()).isEmpty();
        }
    }

    @Test
    void open_file_isRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "mine");
        assertThatIOException().isThrownBy(() -> open(file)).withMessageContaining("is no directory");
        assertThatIOException()
                .isThrownBy(() -> open(file.resolve("cache")))
                .withMessageContaining("cannot be created");
        assertThat(file).hasContent("mine");
    }

    @Test
    void open_linkToNothing_isRefused() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nothing"));
        assertThatIOException().isThrownBy(() -> open(link)).withMessageContaining("is no directory");
    }

    @Test
    void open_lockThatCannotBeMade_isRefusedAndLeavesNothing() throws IOException {
        Files.createDirectory(folder.resolve(".tokapu-lock"));
        assertThatIOException().isThrownBy(() -> open(folder));
        Files.delete(folder.resolve(".tokapu-lock"));
        open(folder).close();
    }

    @Test
    void open_lockThatIsALink_isRefused() throws IOException {
        Path target = folder.resolve("target");
        Files.createSymbolicLink(folder.resolve(".tokapu-lock"), target);
        assertThatIOException().isThrownBy(() -> open(folder));
        assertThat(target).doesNotExist();
    }

    @Test
    void files_areForTheirOwnerAlone() throws IOException {
        Path cache = folder.resolve("a/b");
        try (LogCapture log = LogCapture.start();
                DiskTier<String> tier = open(cache)) {
            store(tier, ALICE, "state", 1, 2);
            assertThat(permissions(cache)).isEqualTo("rwx------");
            assertThat(permissions(files(cache).get(0))).isEqualTo("rw-------");
            assertThat(permissions(cache.resolve(".tokapu-lock"))).isEqualTo("rw-------");
            assertThat(log.warnings()).isEmpty();
        }
    }

    @Test
    void open_directoryThatOthersMayUse_isLogged() throws IOException {
        Path cache = Files.createDirectory(folder.resolve("cache"));
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (LogCapture log = LogCapture.start();
                DiskTier<String> tier = open(cache)) {
            assertThat(log.warnings()).singleElement().asString().contains("rwxr-xr-x", "chmod 700");
            store(tier, ALICE, "state", 1, 2);
            assertThat(permissions(files(cache).get(0))).isEqualTo("rw-------");
            assertThat(permissions(cache)).isEqualTo("rwxr-xr-x");
        }
    }

    @Test
    void names_sayNothingOfWhatIsInTheFiles() throws IOException {
        Path again = folder.resolve("again");
        try (DiskTier<String> tier = open(folder.resolve("once"));
                DiskTier<String> other = open(again)) {
            store(tier, scope("secret"), "state", 1, 2);
            store(other, scope("secret"), "state", 1, 2);
            String name = String.valueOf(files(again).get(0).getFileName());
            assertThat(name).matches("[0-9a-f]{32}\\.tokapu-prefix");
            assertThat(names(folder.resolve("once"))).doesNotContain(name);
        }
    }

    @Test
    void otherFiles_areNeverTouched() throws IOException {
        List<String> others = List.of(
                "notes.txt",
                "0123.tokapu-prefix",
                "0123456789abcdef0123456789ABCDEF.tokapu-prefix",
                "0123456789abcdef0123456789abcdef.tokapu-prefix.bak",
                "0123456789abcdef0123456789abcdef",
                "download.part",
                "tokapu-1.part");
        for (String name : others) {
            Files.writeString(folder.resolve(name), name);
        }
        Path directory = Files.createDirectory(folder.resolve("a".repeat(32) + ".tokapu-prefix"));
        Path target = Files.writeString(folder.resolve("target"), "target");
        Path link = Files.createSymbolicLink(folder.resolve("b".repeat(32) + ".tokapu-prefix"), target);
        try (DiskTier<String> tier = open(folder, 1000, new DiskFixture.Texts())) {
            assertThat(tier.bytes()).isZero();
            for (int i = 0; i < 20; i++) {
                store(tier, ALICE, "state".repeat(20), i);
            }
            tier.removeIf(scope -> true);
        }
        for (String name : others) {
            assertThat(folder.resolve(name)).hasContent(name);
        }
        assertThat(directory).isDirectory();
        assertThat(link).isSymbolicLink();
        assertThat(target).hasContent("target");
    }

    @Test
    void open_leftoversOfACrash_areDeleted() throws IOException {
        Path leftover = Files.writeString(folder.resolve(".tokapu-123.part"), "half");
        open(folder).close();
        assertThat(leftover).doesNotExist();
        assertThat(names(folder)).containsExactly(".tokapu-lock");
    }
}
