package dev.tokapu.spi.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.Platform;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadFailureTest {

    @TempDir
    Path temp;

    private Path library;
    private Path mounts;

    @BeforeEach
    void files() throws IOException {
        library = Files.writeString(
                temp.resolve("libtokapu.so"), "\0GLIBCXX_3.4.9\0GLIBC_2.34\0GLIBC_2.4\0GLIBCXX_3.4.30\0");
        mounts = Files.writeString(temp.resolve("mounts"), "/dev/x / ext4 rw 0 0\n");
    }

    private String advice(String said, Path... mapped) {
        return new LoadFailure(library, said, List.of(mapped), mounts, "/nowhere:" + temp).advice();
    }

    @Test
    void advice_oldLibstdcxx_saysWhatIsNeededAndWhatIsThere() throws IOException {
        Path old = Files.writeString(temp.resolve("libstdc++.so.6"), "\0GLIBCXX_3.4\0GLIBCXX_3.4.9\0GLIBCXX_3.4.28\0");

        assertThat(advice(old + ": version `GLIBCXX_3.4.29' not found (required by " + library + ")"))
                .contains("libstdc++ of GCC 12 (GLIBCXX_3.4.30)", old + " has GLIBCXX_3.4.28", "LD_LIBRARY_PATH")
                .doesNotContain("noexec");
    }

    @Test
    void advice_dllThatNeedsAnother_saysThatTheFolderIsNotComplete() {
        assertThat(advice("C:\\tokapu\\tokapu.dll: Can't find dependent libraries"))
                .contains("is not complete", "delete it");
    }

    @Test
    void advice_dllWithALongPath_saysHowLongPathsMayBe() {
        library = temp.resolve("x".repeat(260)).resolve("tokapu.dll");

        for (String said : List.of("Can't find dependent libraries", "The filename or extension is too long")) {
            assertThat(advice(library + ": " + said))
                    .contains("has " + library.toString().length() + " characters", "at most 259")
                    .contains("-Dtokapu.cache.dir", "-Dtokapu.native.dir")
                    .doesNotContain("delete");
        }
    }

    @Test
    void advice_oldGlibc_saysWhatIsNeededAndWhatIsThere() throws IOException {
        Path old = Files.writeString(temp.resolve("libc.so.6"), "\0GLIBC_2.9\0GLIBC_2.31\0");

        assertThat(advice(old + ": version `GLIBC_2.34' not found (required by " + library + ")"))
                .contains("need glibc 2.34", "this machine's is 2.31")
                .doesNotContain("noexec");
    }

    @Test
    void advice_stubOfLibstdcxx_namesIt() throws IOException {
        Path stub = Files.writeString(temp.resolve("libstdc++.so.6"), "nothing");

        assertThat(advice(library + ": undefined symbol: _ZTVN10__cxxabiv117__class_type_infoE, version CXXABI_1.3"))
                .contains("libstdc++.so.6 that the linker has found (" + stub + ")", "LD_LIBRARY_PATH")
                .doesNotContain("noexec");
    }

    @Test
    void advice_libraryOfOurNameInTheWay_namesItsPath() throws IOException {
        Files.writeString(temp.resolve("libtokapu-ggml.so"), "ours");
        Path foreign = Files.createDirectories(temp.resolve("other")).resolve("renamed.so");
        Files.write(foreign, elf("libtokapu-ggml.so"));

        assertThat(advice(library + ": undefined symbol: ggml_get_rows", library, foreign))
                .contains(foreign + " is in the way", "load Tokapu first");
        assertThat(advice(library + ": undefined symbol: ggml_get_rows", library))
                .contains("not all of one version");
    }

    @Test
    void advice_fileSystemWithoutExecution_namesItOnlyWhereItIsOne() throws IOException {
        String said = library + ": failed to map segment from shared object";
        assertThat(advice(said)).contains("-Dtokapu.cache.dir", "SELinux").doesNotContain("noexec");

        Files.writeString(mounts, "/dev/x / ext4 rw 0 0\ntmpfs " + temp + " tmpfs rw,noexec 0 0\n");

        assertThat(advice(said)).contains("The file system " + temp + " does not allow execution (noexec)");
        assertThat(advice(library + ": undefined symbol: x")).doesNotContain("noexec");
    }

    @Test
    void advice_missingLibraries_tellOursFromTheSystems() {
        String words = ": cannot open shared object file: No such file or directory";
        assertThat(advice("libtokapu-ggml.so" + words)).contains("is not complete", temp.toString());
        assertThat(advice("libllama.so" + words)).contains("several versions");
        assertThat(advice(library + ": libstdc++.so.6" + words)).contains("has no libstdc++.so.6 (package");
        assertThat(advice("Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by x)"))
                .contains("Alpine");
    }

    @Test
    void advice_libraryOfAnotherProcessor_namesThePlatformThatIsNeeded() {
        assertThat(advice(library + ": cannot open shared object file: No such file or directory (Possible cause:"
                        + " can't load AARCH64 .so on a AMD 64 platform)"))
                .contains("another processor", temp.toString())
                .contains("take those of " + Platform.current().classifier());
    }

    @Test
    void advice_damagedOrUnreadableFile_saysSo() {
        assertThat(advice(library + ": file too short")).contains("damaged", "delete the folder");
        assertThat(advice(library + ": cannot open shared object file: Permission denied"))
                .contains("may not read");
        assertThat(advice("something new")).contains("-Dtokapu.native.dir");
    }

    @Test
    void soname_librariesOfThisJvm_haveOne() {
        Path jvm = MappedFiles.all().stream()
                .filter(file -> file.endsWith("libjvm.so"))
                .findFirst()
                .orElseThrow();
        assertThat(ElfFile.soname(jvm)).isEqualTo("libjvm.so");
        assertThat(ElfFile.soname(library)).isNull();
        assertThat(ElfFile.soname(temp)).isNull();
    }

    @Test
    void isCutShort_partsOfALibrary_andNothingElse() throws IOException {
        byte[] whole = elf("libx.so");
        assertThat(ElfFile.isCutShort(Files.write(temp.resolve("whole.so"), whole)))
                .isFalse();
        for (int length : new int[] {399, 200, 100, 64}) {
            Path part = Files.write(temp.resolve("part.so"), Arrays.copyOf(whole, length));
            assertThat(ElfFile.isCutShort(part)).as("%d bytes", length).isTrue();
        }
        assertThat(ElfFile.isCutShort(Files.write(temp.resolve("text.so"), new byte[3])))
                .isFalse();
        assertThat(ElfFile.isCutShort(library)).isFalse();
    }

    /** The least that has a SONAME: one segment of everything, one dynamic section. */
    private static byte[] elf(String soname) {
        ByteBuffer file = ByteBuffer.allocate(400).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0, 0x464c457f).putShort(4, (short) 0x0102);
        file.putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) 2);
        file.putInt(64, 1).putLong(72, 0).putLong(80, 0x1000).putLong(96, 400);
        file.putInt(120, 2).putLong(128, 200);
        file.putLong(200, 5).putLong(208, 0x1000 + 300).putLong(216, 14).putLong(224, 1);
        file.put(301, soname.getBytes(StandardCharsets.US_ASCII));
        return file.array();
    }
}
