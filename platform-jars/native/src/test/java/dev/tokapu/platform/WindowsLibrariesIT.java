package dev.tokapu.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The libraries of Windows, where they were built ({@code -Dtokapu.cross=windows-x86_64}). */
@ParameterizedClass(allowZeroInvocations = true)
@MethodSource("platforms")
class WindowsLibrariesIT {

    private static final String NEEDED = "DLL Name: ";

    /** Those of every Windows 10, in small letters; no redistributable and no C++ library. */
    private static final Set<String> SYSTEM = Set.of(
            "advapi32.dll",
            "bcrypt.dll",
            "kernel32.dll",
            "msvcrt.dll",
            "ntdll.dll",
            "psapi.dll",
            "shell32.dll",
            "user32.dll",
            "userenv.dll",
            "ws2_32.dll");

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
                    .toList();
            assertThat(needed)
                    .as("libraries that %s needs", library.getKey())
                    .isNotEmpty()
                    .allMatch(name -> libraries.containsKey(name) || SYSTEM.contains(name.toLowerCase(Locale.ROOT)));
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
