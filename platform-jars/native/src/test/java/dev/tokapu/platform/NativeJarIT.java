package dev.tokapu.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The jar of native libraries of each platform that was built: complete, as listed, and able to run wherever it is unpacked. */
@ParameterizedClass
@MethodSource("platforms")
class NativeJarIT {

    private static final String LIST = "libraries.sha256";
    private static final Pattern LIST_HEAD =
            Pattern.compile("# abi \\d+ llama \\d+\\.\\d+\\.\\d+ tree [0-9a-f]{40} id ([0-9a-f]{64})");
    private static final Pattern VERSION = Pattern.compile("\\bName: (GLIBC|GLIBCXX)_(\\d+(?:\\.\\d+)+)");

    /** What the system itself provides. */
    private static final Pattern SYSTEM_LIBRARY = Pattern.compile(
            "(libc|libm|libdl|libpthread|librt|libgcc_s|libstdc\\+\\+|ld-linux-(x86-64|aarch64))\\.so\\.\\d+");

    /** What readelf calls the processors. */
    private static final Map<String, String> MACHINES =
            Map.of("x86_64", "Advanced Micro Devices X86-64", "aarch64", "AArch64");

    private final String platform;
    private final Path file;
    private final String folder;

    NativeJarIT(String platform) {
        this.platform = platform;
        this.file = Path.of(System.getProperty("native.jars") + '-' + platform + ".jar");
        this.folder = "META-INF/native/" + platform + '/';
    }

    static List<String> platforms() {
        return List.of(System.getProperty("native.platforms").split(","));
    }

    @Test
    void jar_ofPlatform_isComplete() throws IOException {
        Path list = Path.of(System.getProperty("basedir"), platform + ".libraries");
        assertThat(libraries().keySet()).containsExactlyInAnyOrderElementsOf(Files.readAllLines(list));
        try (JarFile jar = new JarFile(file.toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Tokapu-Missing-Libraries"))
                    .isNull();
        }
    }

    @Test
    void jar_ofPlatform_holdsNothingElse() throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            List<String> files = jar.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(ZipEntry::getName)
                    .filter(name -> !name.startsWith("META-INF/maven/"))
                    .toList();
            assertThat(files).contains("META-INF/MANIFEST.MF", "META-INF/LICENSE", "META-INF/NOTICE", folder + LIST);
            // A library with a version behind .so would be a symbolic link, which a jar cannot hold.
            assertThat(files)
                    .allMatch(name -> name.matches("META-INF/(MANIFEST\\.MF|LICENSE|NOTICE)")
                            || name.equals(folder + LIST)
                            || name.equals("META-INF/sbom/tokapu-native-" + platform + ".cdx.json")
                            || name.matches(Pattern.quote(folder) + "lib[a-z0-9_.-]+\\.so"));
        }
    }

    @Test
    void list_inJar_namesEveryLibraryWithItsChecksum() throws Exception {
        Map<String, byte[]> libraries = libraries();
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, byte[]> library : libraries.entrySet()) {
            lines.append(sha256(library.getValue()))
                    .append("  ")
                    .append(library.getKey())
                    .append('\n');
        }

        String[] list = read(folder + LIST).split("\n", 2);

        assertThat(list[1]).isEqualTo(lines.toString());
        assertThat(list[0]).matches(LIST_HEAD);
        assertThat(list[0]).endsWith("id " + sha256(lines.toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void manifest_inJar_namesLlamaCpp() throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            var attributes = jar.getManifest().getMainAttributes();
            assertThat(attributes.getValue("Llama-Cpp-Version")).matches("\\d+\\.\\d+\\.\\d+");
            assertThat(attributes.getValue("Llama-Cpp-Tree")).matches("[0-9a-f]{40}");
            assertThat(attributes.getValue("Tokapu-Platform")).isEqualTo(platform);
            assertThat(attributes.getValue("Automatic-Module-Name"))
                    .isEqualTo("dev.tokapu.natives." + platform.replace('-', '.'));
        }
    }

    @Test
    void library_inAnyFolder_findsItsNeighborsThere(@TempDir Path folder) throws Exception {
        Map<String, byte[]> libraries = libraries();
        for (Map.Entry<String, byte[]> library : libraries.entrySet()) {
            Path path = Files.write(folder.resolve(library.getKey()), library.getValue());
            List<String> dynamic = readelf("--dynamic", path);

            List<String> needed = values(dynamic, "(NEEDED)");
            List<String> own = needed.stream()
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
    void libraries_all_areWithoutDebugInformation(@TempDir Path folder) throws Exception {
        for (Map.Entry<String, byte[]> library : libraries().entrySet()) {
            Path path = Files.write(folder.resolve(library.getKey()), library.getValue());
            assertThat(readelf("--sections", path)).as(library.getKey()).noneMatch(line -> line.contains(".debug_"));
        }
    }

    @Test
    void libraries_all_areOfTheProcessor(@TempDir Path folder) throws Exception {
        for (Map.Entry<String, byte[]> library : libraries().entrySet()) {
            Path path = Files.write(folder.resolve(library.getKey()), library.getValue());
            assertThat(readelf("--file-header", path))
                    .as(library.getKey())
                    .anyMatch(line -> line.contains("Machine:")
                            && line.contains(MACHINES.get(platform.substring(platform.indexOf('-') + 1))));
        }
    }

    @Test
    void manifest_inJar_namesTheVersionsThatTheLibrariesNeed(@TempDir Path folder) throws Exception {
        Map<String, Runtime.Version> newest = new TreeMap<>();
        for (Map.Entry<String, byte[]> library : libraries().entrySet()) {
            Path path = Files.write(folder.resolve(library.getKey()), library.getValue());
            for (String line : readelf("--version-info", path)) {
                var version = VERSION.matcher(line);
                while (version.find()) {
                    newest.merge(
                            version.group(1),
                            Runtime.Version.parse(version.group(2)),
                            (a, b) -> a.compareTo(b) > 0 ? a : b);
                }
            }
        }
        try (JarFile jar = new JarFile(file.toFile())) {
            var attributes = jar.getManifest().getMainAttributes();
            assertThat(attributes.getValue("Tokapu-Needs-Glibc")).isEqualTo(String.valueOf(newest.get("GLIBC")));
            assertThat(attributes.getValue("Tokapu-Needs-Glibcxx")).isEqualTo(String.valueOf(newest.get("GLIBCXX")));
        }
    }

    private Map<String, byte[]> libraries() throws IOException {
        Map<String, byte[]> libraries = new TreeMap<>();
        try (JarFile jar = new JarFile(file.toFile())) {
            for (ZipEntry entry : (Iterable<ZipEntry>) jar.stream().map(ZipEntry.class::cast)::iterator) {
                String name = entry.getName();
                if (name.startsWith(folder) && !entry.isDirectory() && !name.endsWith(LIST)) {
                    try (InputStream input = jar.getInputStream(entry)) {
                        libraries.put(name.substring(folder.length()), input.readAllBytes());
                    }
                }
            }
        }
        return libraries;
    }

    private String read(String name) throws IOException {
        try (JarFile jar = new JarFile(file.toFile());
                InputStream input = jar.getInputStream(jar.getEntry(name))) {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static List<String> readelf(String option, Path file) throws Exception {
        Process process = new ProcessBuilder("readelf", "--wide", option, file.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> lines = new ArrayList<>();
        try (Stream<String> output = process.inputReader(StandardCharsets.UTF_8).lines()) {
            output.forEach(lines::add);
        }
        assertThat(process.waitFor()).as("exit code of readelf %s", file).isZero();
        return lines;
    }

    /** The values in brackets of the dynamic section's lines with a tag. */
    private static List<String> values(List<String> lines, String tag) {
        return lines.stream()
                .filter(line -> line.contains(tag))
                .map(line -> line.substring(line.indexOf('[') + 1, line.indexOf(']')))
                .toList();
    }
}
