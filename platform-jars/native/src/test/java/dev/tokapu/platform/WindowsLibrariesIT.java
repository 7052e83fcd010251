package dev.tokapu.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The libraries of Windows, where they were built ({@code -Dtokapu.cross=windows-x86_64}). */
@ParameterizedClass(allowZeroInvocations = true)
@MethodSource("platforms")
class WindowsLibrariesIT {

    private static final String NEEDED = "DLL Name: ";

    /** Those of every Windows 10; no redistributable and no C++ library. */
    private static final List<String> SYSTEM = List.of(
            "ADVAPI32.dll", "KERNEL32.dll", "PSAPI.DLL", "SHELL32.dll", "USER32.dll", "WS2_32.dll", "msvcrt.dll");

    private final NativeJar jar;
    private final Map<String, Path> libraries;

    WindowsLibrariesIT(String platform, @TempDir Path folder) throws Exception {
        this.jar = new NativeJar(platform);
        this.libraries = jar.unpack(folder);
    }

    static List<String> platforms() {
        return NativeJar.platforms().stream().filter(NativeJar::isWindows).toList();
    }

    @Test
    void library_needsTheSystemAndItsNeighbors() throws Exception {
        for (Map.Entry<String, Path> library : libraries.entrySet()) {
            List<String> needed = objdump("--private-headers", library.getValue()).stream()
                    .filter(line -> line.contains(NEEDED))
                    .map(line -> line.substring(line.indexOf(NEEDED) + NEEDED.length()))
                    .filter(name -> !libraries.containsKey(name))
                    .toList();
            assertThat(SYSTEM)
                    .as("libraries that %s needs", library.getKey())
                    .isNotEmpty()
                    .containsAll(needed);
        }
    }

    @Test
    void libraries_all_areWithoutDebugInformation() throws Exception {
        for (Map.Entry<String, Path> library : libraries.entrySet()) {
            assertThat(objdump("--section-headers", library.getValue()))
                    .as(library.getKey())
                    .noneMatch(line -> line.contains(".debug_"));
        }
    }

    @Test
    void libraries_all_areOfTheProcessor() throws Exception {
        for (Map.Entry<String, Path> library : libraries.entrySet()) {
            assertThat(objdump("--file-headers", library.getValue()))
                    .as(library.getKey())
                    .anyMatch(line -> line.endsWith("file format pei-x86-64"));
        }
    }

    @Test
    void manifest_inJar_asksForNoLibraryOfLinux() throws Exception {
        assertThat(jar.manifest("Tokapu-Needs-Glibc")).isNull();
        assertThat(jar.manifest("Tokapu-Needs-Glibcxx")).isNull();
    }

    private static List<String> objdump(String option, Path file) throws Exception {
        return NativeJar.said("objdump", option, file.toString());
    }
}
