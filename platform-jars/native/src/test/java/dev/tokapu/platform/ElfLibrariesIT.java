package dev.tokapu.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The libraries of each platform of Linux that was built run wherever they are unpacked. */
@ParameterizedClass
@MethodSource("platforms")
class ElfLibrariesIT {

    private static final Pattern VERSION = Pattern.compile("\\bName: (GLIBC|GLIBCXX)_(\\d+(?:\\.\\d+)+)");

    /** What the system itself provides. */
    private static final Pattern SYSTEM_LIBRARY = Pattern.compile(
            "(libc|libm|libdl|libpthread|librt|libgcc_s|libstdc\\+\\+|ld-linux-(x86-64|aarch64))\\.so\\.\\d+");

    /** What readelf calls the processors. */
    private static final Map<String, String> MACHINES =
            Map.of("x86_64", "Advanced Micro Devices X86-64", "aarch64", "AArch64");

    private final NativeJar jar;
    private final Map<String, Path> libraries;

    ElfLibrariesIT(String platform, @TempDir Path folder) throws Exception {
        this.jar = new NativeJar(platform);
        this.libraries = jar.unpack(folder);
    }

    static List<String> platforms() {
        return NativeJar.platforms().stream()
                .filter(platform -> !NativeJar.isWindows(platform))
                .toList();
    }

    @Test
    void library_inAnyFolder_findsItsNeighborsThere() throws Exception {
        for (Map.Entry<String, Path> library : libraries.entrySet()) {
            List<String> dynamic = readelf("--dynamic", library.getValue());
            List<String> own = values(dynamic, "(NEEDED)").stream()
                    .filter(name -> !SYSTEM_LIBRARY.matcher(name).matches())
                    .toList();
            assertThat(libraries.keySet())
                    .as("libraries that %s needs", library.getKey())
                    .containsAll(own);
            if (!own.isEmpty()) {
                assertThat(values(dynamic, "(RUNPATH)"))
                        .as("RUNPATH of %s", library.getKey())
                        .singleElement()
                        .isIn("$ORIGIN", "$ORIGIN/");
            }
        }
    }

    /** Symbols stay, so that the stack of a crash names functions: debug information would be ten times the size. */
    @Test
    void libraries_all_areWithoutDebugInformation() throws Exception {
        for (Map.Entry<String, Path> library : libraries.entrySet()) {
            assertThat(readelf("--sections", library.getValue()))
                    .as(library.getKey())
                    .noneMatch(line -> line.contains(".debug_"));
        }
    }

    @Test
    void libraries_all_areOfTheProcessor() throws Exception {
        String machine = MACHINES.get(jar.platform.substring(jar.platform.indexOf('-') + 1));
        for (Map.Entry<String, Path> library : libraries.entrySet()) {
            assertThat(readelf("--file-header", library.getValue()))
                    .as(library.getKey())
                    .anyMatch(line -> line.contains("Machine:") && line.contains(machine));
        }
    }

    @Test
    void manifest_inJar_namesTheVersionsThatTheLibrariesNeed() throws Exception {
        Map<String, Runtime.Version> newest = new TreeMap<>();
        for (Path library : libraries.values()) {
            for (String line : readelf("--version-info", library)) {
                var version = VERSION.matcher(line);
                while (version.find()) {
                    newest.merge(
                            version.group(1),
                            Runtime.Version.parse(version.group(2)),
                            (a, b) -> a.compareTo(b) > 0 ? a : b);
                }
            }
        }
        assertThat(jar.manifest("Tokapu-Needs-Glibc")).isEqualTo(String.valueOf(newest.get("GLIBC")));
        assertThat(jar.manifest("Tokapu-Needs-Glibcxx")).isEqualTo(String.valueOf(newest.get("GLIBCXX")));
    }

    private static List<String> readelf(String option, Path file) throws Exception {
        return NativeJar.said("readelf", "--wide", option, file.toString());
    }

    /** The values in brackets of the dynamic section's lines with a tag. */
    private static List<String> values(List<String> lines, String tag) {
        return lines.stream()
                .filter(line -> line.contains(tag))
                .map(line -> line.substring(line.indexOf('[') + 1, line.indexOf(']')))
                .toList();
    }
}
