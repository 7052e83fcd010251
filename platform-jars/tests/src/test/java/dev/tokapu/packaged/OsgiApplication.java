package dev.tokapu.packaged;

import dev.tokapu.testsupport.ZipFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/**
 * {@link Application} as a bundle of OSGi: {@code OsgiApplication FOLDER MODEL JAR...} starts a framework with the jars as
 * bundles and prints what the application answers.
 */
public final class OsgiApplication {

    private OsgiApplication() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        Framework framework = new FrameworkFactory()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE,
                        folder.resolve("bundles").toString(),
                        // SLF4J's bundle wants a mediator for its providers, which is not the point here.
                        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                        "org.slf4j;version=2.0.17,org.slf4j.event;version=2.0.17,org.slf4j.spi;version=2.0.17"));
        framework.start();
        try {
            System.out.println(answer(framework, folder, arguments));
        } finally {
            framework.stop();
            framework.waitForStop(10_000);
        }
    }

    private static Object answer(Framework framework, Path folder, String[] arguments) throws Exception {
        List<Bundle> bundles = new ArrayList<>();
        for (String jar : Arrays.asList(arguments).subList(2, arguments.length)) {
            bundles.add(framework
                    .getBundleContext()
                    .installBundle(Path.of(jar).toUri().toString()));
        }
        Bundle application = framework
                .getBundleContext()
                .installBundle(bundle(folder.resolve("app.jar")).toUri().toString());
        bundles.add(application);
        for (Bundle bundle : bundles) {
            if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                bundle.start();
            }
        }
        return application
                .loadClass(Application.class.getName())
                .getMethod("answer", String.class)
                .invoke(null, arguments[1]);
    }

    private static Path bundle(Path file) throws Exception {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        String manifest =
                "Manifest-Version: 1.0\nBundle-ManifestVersion: 2\nBundle-SymbolicName: application\nImport-Package: dev.tokapu\n\n";
        entries.put("META-INF/MANIFEST.MF", manifest.getBytes(StandardCharsets.UTF_8));
        entries.put(Application.class.getName().replace('.', '/') + ".class", Jars.application());
        return Files.write(file, ZipFiles.of(entries, false));
    }
}
