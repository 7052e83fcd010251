package dev.tokapu.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each jar of Tokapu tells of itself. */
@Tag("ffm")
class JarContentsIT {

    static List<Path> jars() {
        return Jars.ours();
    }

    private static String text(JarFile jar, ZipEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @MethodSource("jars")
    void jar_ofTokapu_holdsLicenses(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            assertThat(jar.getEntry("META-INF/LICENSE")).isNotNull();
            assertThat(text(jar, jar.getEntry("META-INF/NOTICE"))).contains("llama.cpp");
        }
    }

    /** Those of Java code have theirs in releases, which make release-check looks at: their plugin wants a network. */
    @Test
    void nativeJar_holdsABillOfMaterials() throws IOException {
        try (JarFile jar = new JarFile(Jars.named("tokapu-native").toFile())) {
            List<ZipEntry> bills = jar.stream()
                    .map(ZipEntry.class::cast)
                    .filter(entry -> entry.getName().matches("META-INF/sbom/tokapu-native[a-z0-9_.-]*\\.cdx\\.json"))
                    .toList();
            assertThat(bills).hasSize(1);
            assertThat(text(jar, bills.get(0)))
                    .contains("\"CycloneDX\"", "pkg:maven/dev.tokapu/tokapu-native@", "llama.cpp and ggml")
                    .contains("libtokapu.so", "SHA-256", "nlohmann/json")
                    .doesNotContain("serialNumber");
        }
    }

    @ParameterizedTest
    @MethodSource("jars")
    void jar_ofTokapu_isABundleAndAModule(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            Attributes manifest = jar.getManifest().getMainAttributes();
            assertThat(manifest.getValue("Bundle-SymbolicName")).startsWith("dev.tokapu");
            assertThat(manifest.getValue("Bundle-Version")).matches("\\d+\\.\\d+\\.\\d+(\\.[A-Za-z0-9_-]+)?");
            assertThat(jar.getEntry("module-info.class") != null || manifest.getValue("Automatic-Module-Name") != null)
                    .as("a module")
                    .isTrue();
            assertThat(jar.getEntry("META-INF/versions/9/module-info.class"))
                    .as("the module of something else")
                    .isNull();
            assertThat(manifest.getValue("Bnd-LastModified")).isNull();
        }
    }
}
