package dev.tokapu.spi.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.NativeLoadException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheDirectoryTest {

    @TempDir
    Path temp;

    /** Cannot be written by anybody, root included: its parent is a file. */
    private String readOnly;

    @BeforeEach
    void makeReadOnly() throws IOException {
        readOnly = Files.writeString(temp.resolve("file"), "x").resolve("sub").toString();
    }

    @Test
    void choose_property_comesFirst() {
        assertThat(CacheDirectory.choose(dir("p"), dir("x"), null, dir("h"), dir("t")))
                .isEqualTo(new CacheDirectory(temp.resolve("p"), true));
    }

    @Test
    void choose_propertyThatCannotBeWritten_isAnErrorThatNamesIt() {
        assertThatThrownBy(() -> CacheDirectory.choose(readOnly, dir("x"), null, dir("h"), dir("t")))
                .isInstanceOf(NativeLoadException.class)
                .hasMessageContainingAll(readOnly, "-Dtokapu.cache.dir");
    }

    @Test
    void choose_xdg_comesBeforeHome() {
        assertThat(CacheDirectory.choose(null, dir("x"), null, dir("h"), dir("t"))
                        .path())
                .isEqualTo(temp.resolve("x/tokapu"));
    }

    @Test
    void choose_localAppData_comesAfterXdgAndBeforeHome() {
        assertThat(CacheDirectory.choose(null, dir("x"), dir("local"), dir("h"), dir("t"))
                        .path())
                .isEqualTo(temp.resolve("x/tokapu"));
        assertThat(CacheDirectory.choose(null, " ", dir("local"), dir("h"), dir("t"))
                        .path())
                .isEqualTo(temp.resolve("local/tokapu"));
    }

    /** Shells on Windows set {@code /c/Users/x}, which Java takes for relative there. */
    @Test
    void choose_relativeXdg_doesNotHideLocalAppData() {
        assertThat(CacheDirectory.choose(null, "x", dir("local"), dir("h"), dir("t"))
                        .path())
                .isEqualTo(temp.resolve("local/tokapu"));
    }

    @Test
    void choose_relativeXdg_isIgnored() {
        assertThat(CacheDirectory.choose(null, "x", null, dir("h"), dir("t")).path())
                .isEqualTo(temp.resolve("h/.cache/tokapu"));
    }

    @Test
    void choose_homeThatCannotBeWritten_fallsBackToTempAndTrustsNothingThere() {
        CacheDirectory chosen = CacheDirectory.choose(" ", "", null, readOnly, dir("t"));

        assertThat(chosen.path()).isEqualTo(temp.resolve("t/tokapu-" + System.getProperty("user.name")));
        assertThat(chosen.trusted()).isFalse();
    }

    @Test
    void choose_nothingWritable_listsWhatWasTriedAndTheProperty() {
        assertThatThrownBy(() -> CacheDirectory.choose(null, readOnly, null, readOnly, readOnly))
                .isInstanceOf(NativeLoadException.class)
                .hasMessageContainingAll(readOnly + "/tokapu", ".cache", "Set -Dtokapu.cache.dir");
    }

    @Test
    void choose_xdgThatCannotBeWritten_fallsBackToHome() {
        assertThat(CacheDirectory.choose(null, readOnly, null, dir("h"), dir("t")))
                .isEqualTo(new CacheDirectory(temp.resolve("h/.cache/tokapu"), true));
    }

    /** {@code ?} is the home of users without a name. */
    @ParameterizedTest
    @ValueSource(strings = {"?", "", " ", ".", "home", "\0"})
    void choose_homeThatIsNoDirectory_isLeftOutAndNothingIsMade(String home) {
        CacheDirectory chosen = CacheDirectory.choose(null, null, null, home, dir("t"));

        assertThat(chosen.path()).startsWith(temp.resolve("t"));
        assertThat(Path.of("?")).doesNotExist();
        assertThat(Path.of("home")).doesNotExist();
        assertThat(Path.of(".cache")).doesNotExist();
    }

    @Test
    void choose_temp_isForThisUserAlone() throws IOException {
        Path chosen = CacheDirectory.choose(null, null, null, null, dir("t")).path();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(chosen)))
                .isEqualTo("rwx------");
    }

    @Test
    void choose_propertyThatIsNoPath_isNamedWithTheLocale() {
        assertThatThrownBy(() -> CacheDirectory.choose("a\0b", dir("x"), null, dir("h"), dir("t")))
                .isInstanceOf(NativeLoadException.class)
                .hasMessageContainingAll("-Dtokapu.cache.dir=a", "sun.jnu.encoding", "LC_ALL=C.UTF-8");
    }

    private String dir(String name) {
        return temp.resolve(name).toString();
    }
}
