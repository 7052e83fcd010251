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

/** The jar of native libraries: complete, as listed, and able to run wherever it is unpacked. */
class NativeJarIT {

    private static final Path JAR = Path.of(System.getProperty("native.jar"));
    private static final String FOLDER = System.getProperty("native.folder") + "/";
    private static final String LIST = "libraries.sha256";
    private static final Pattern LIST_HEAD =
            Pattern.compile("# abi \\d+ llama \\d+\\.\\d+\\.\\d+ tree [0-9a-f]{40} id ([0-9a-f]{64})");
    private static final Pattern GLIBC = Pattern.compile("\\bGLIBC_(\\d+)\\.(\\d+)");

    /** What the system itself provides. */
    private static final Pattern SYSTEM_LIBRARY =
            Pattern.compile("(libc|libm|libdl|libpthread|librt|libgcc_s|libstdc\\+\\+|ld-linux-x86-64)\\.so\\.\\d+");

    @Test
    void jar_ofThisPlatform_holdsEveryPart() throws IOException {
        assertThat(libraries().keySet())
                .contains(
                        "libtokapu.so",
                        "libjnitokapu.so",
                        "libtokapu-llama.so",
                        "libtokapu-llama-common.so",
                        "libtokapu-mtmd.so",
                        "libtokapu-ggml.so",
                        "libtokapu-ggml-base.so",
                        "libggml-cpu-x64.so",
                        "libggml-cpu-haswell.so",
                        "libggml-cpu-zen4.so");
    }

    @Test
    void jar_ofThisPlatform_isComplete() throws IOException {
        Path list = Path.of(System.getProperty("basedir"), "linux-x86_64.libraries");
        assertThat(libraries().keySet()).containsExactlyInAnyOrderElementsOf(Files.readAllLines(list));
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Tokapu-Missing-Libraries"))
                    .isNull();
        }
    }

    @Test
    void jar_ofThisPlatform_holdsNothingElse() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            List<String> files = jar.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(ZipEntry::getName)
                    .filter(name -> !name.startsWith("META-INF/maven/"))
                    .toList();
            assertThat(files).contains("META-INF/MANIFEST.MF", "META-INF/LICENSE", "META-INF/NOTICE", FOLDER + LIST);
            // A library with a version behind .so would be a symbolic link, which a jar cannot hold.
            assertThat(files)
                    .allMatch(name -> name.matches("META-INF/(MANIFEST\\.MF|LICENSE|NOTICE)")
                            || name.equals(FOLDER + LIST)
                            || name.matches(Pattern.quote(FOLDER) + "lib[a-z0-9_-]+\\.so"));
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

        String[] list = read(FOLDER + LIST).split("\n", 2);

        assertThat(list[1]).isEqualTo(lines.toString());
        assertThat(list[0]).matches(LIST_HEAD);
        assertThat(list[0]).endsWith("id " + sha256(lines.toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void manifest_inJar_namesLlamaCpp() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            var attributes = jar.getManifest().getMainAttributes();
            assertThat(attributes.getValue("Llama-Cpp-Version")).matches("\\d+\\.\\d+\\.\\d+");
            assertThat(attributes.getValue("Llama-Cpp-Tree")).matches("[0-9a-f]{40}");
            assertThat(attributes.getValue("Tokapu-Platform")).isEqualTo("linux-x86_64");
            assertThat(attributes.getValue("Tokapu-Needs-Glibc")).matches("2\\.[0-9]+");
            assertThat(attributes.getValue("Tokapu-Needs-Glibcxx")).matches("3\\.4\\.[0-9]+");
        }
    }

    @Test
    void library_inAnyFolder_findsItsNeighborsThere(@TempDir Path folder) throws Exception {
        Map<String, byte[]> libraries = libraries();
        for (Map.Entry<String, byte[]> library : libraries.entrySet()) {
            Path file = Files.write(folder.resolve(library.getKey()), library.getValue());
            List<String> dynamic = readelf("--dynamic", file);

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

    @Test
    void libraries_together_tellTheGlibcTheyNeed(@TempDir Path folder) throws Exception {
        int newest = 0;
        for (Map.Entry<String, byte[]> library : libraries().entrySet()) {
            Path file = Files.write(folder.resolve(library.getKey()), library.getValue());
            for (String line : readelf("--version-info", file)) {
                var version = GLIBC.matcher(line);
                while (version.find()) {
                    newest = Math.max(
                            newest, 100 * Integer.parseInt(version.group(1)) + Integer.parseInt(version.group(2)));
                }
            }
        }
        System.out.println("Native libraries need glibc " + newest / 100 + "." + newest % 100);
        assertThat(newest).isGreaterThan(200);
    }

    private static Map<String, byte[]> libraries() throws IOException {
        Map<String, byte[]> libraries = new TreeMap<>();
        try (JarFile jar = new JarFile(JAR.toFile())) {
            for (ZipEntry entry : (Iterable<ZipEntry>) jar.stream().map(ZipEntry.class::cast)::iterator) {
                String name = entry.getName();
                if (name.startsWith(FOLDER) && !entry.isDirectory() && !name.endsWith(LIST)) {
                    try (InputStream input = jar.getInputStream(entry)) {
                        libraries.put(name.substring(FOLDER.length()), input.readAllBytes());
                    }
                }
            }
        }
        return libraries;
    }

    private static String read(String name) throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile());
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
