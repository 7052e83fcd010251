package dev.tokapu.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The jar of native libraries of each platform that was built: complete and as listed. */
@ParameterizedClass
@MethodSource("platforms")
class NativeJarIT {

    private static final Pattern LIST_HEAD =
            Pattern.compile("# abi \\d+ llama \\d+\\.\\d+\\.\\d+ tree [0-9a-f]{40} id ([0-9a-f]{64})");

    private final NativeJar jar;

    NativeJarIT(String platform) {
        this.jar = new NativeJar(platform);
    }

    static List<String> platforms() {
        return NativeJar.platforms();
    }

    @Test
    void jar_ofPlatform_isComplete() throws IOException {
        Path list = Path.of(System.getProperty("basedir"), jar.platform + ".libraries");
        assertThat(jar.libraries().keySet()).containsExactlyInAnyOrderElementsOf(Files.readAllLines(list));
        assertThat(jar.manifest("Tokapu-Missing-Libraries")).isNull();
    }

    @Test
    void jar_ofPlatform_holdsNothingElse() throws IOException {
        String library = NativeJar.isWindows(jar.platform) ? "[a-z0-9_.-]+\\.(dll|exe)" : "lib[a-z0-9_.-]+\\.so";
        try (JarFile file = new JarFile(jar.file.toFile())) {
            List<String> files = file.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(ZipEntry::getName)
                    .filter(name -> !name.startsWith("META-INF/maven/"))
                    .toList();
            assertThat(files)
                    .contains(
                            "META-INF/MANIFEST.MF", "META-INF/LICENSE", "META-INF/NOTICE", jar.folder + NativeJar.LIST);
            // A library with a version behind .so would be a symbolic link, which a jar cannot hold.
            assertThat(files)
                    .allMatch(name -> name.matches("META-INF/(MANIFEST\\.MF|LICENSE|NOTICE)")
                            || name.equals(jar.folder + NativeJar.LIST)
                            || name.equals("META-INF/sbom/tokapu-native-" + jar.platform + ".cdx.json")
                            || name.matches(Pattern.quote(jar.folder) + library));
        }
    }

    @Test
    void list_inJar_namesEveryLibraryWithItsChecksum() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, byte[]> library : jar.libraries().entrySet()) {
            lines.append(sha256(library.getValue()))
                    .append("  ")
                    .append(library.getKey())
                    .append('\n');
        }

        String[] list = jar.read(jar.folder + NativeJar.LIST).split("\n", 2);

        assertThat(list[1]).isEqualTo(lines.toString());
        assertThat(list[0]).matches(LIST_HEAD);
        assertThat(list[0]).endsWith("id " + sha256(lines.toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void manifest_inJar_namesLlamaCpp() throws IOException {
        assertThat(jar.manifest("Llama-Cpp-Version")).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(jar.manifest("Llama-Cpp-Tree")).matches("[0-9a-f]{40}");
        assertThat(jar.manifest("Tokapu-Platform")).isEqualTo(jar.platform);
        assertThat(jar.manifest("Automatic-Module-Name"))
                .isEqualTo("dev.tokapu.natives." + jar.platform.replace('-', '.'));
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
