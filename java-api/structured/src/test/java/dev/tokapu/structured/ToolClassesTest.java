package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.tool.Tool;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Supplier;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classes that were compiled elsewhere: without the names of parameters, in other class loaders, in modules. */
@Tag("checkout") // compiles Java
class ToolClassesTest {

    private static final String HIDDEN = """
            package hidden;
            public final class Hidden implements java.util.function.Supplier<String> {
                @dev.tokapu.tool.ToolMethod
                public String echo(String text) { return text; }
                @Override
                public String get() { return ""; }
            }
            """;

    @TempDir
    private Path folder;

    private Path compile(String file, String source, String... options) throws IOException {
        Path written = folder.resolve("src").resolve(file);
        Files.createDirectories(written.getParent());
        Files.writeString(written, source);
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(
                List.of("-proc:none", "-nowarn", "-d", folder.resolve("out").toString(), "-cp"));
        arguments.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        try (var files = Files.walk(folder.resolve("src"))) {
            files.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(arguments::add);
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
        return folder.resolve("out");
    }

    private Object load(Path classes) throws ReflectiveOperationException, IOException {
        // Open until the test ends.
        URLClassLoader loader = new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, getClass().getClassLoader());
        return loader.loadClass("hidden.Hidden").getConstructor().newInstance();
    }

    @Test
    void methodsOf_classOfAnotherLoader_isTaken() throws Exception {
        Object target = load(compile("hidden/Hidden.java", HIDDEN, "-parameters"));
        assertThat(TypedToolsTest.run(Tool.methodsOf(target).get(0), "{'text':'a'}")
                        .text())
                .isEqualTo("a");
    }

    @Test
    void methodsOf_parametersWithoutNames_areRefused() throws Exception {
        Object target = load(compile("hidden/Hidden.java", HIDDEN));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tool.methodsOf(target))
                .withMessageContaining("Hidden.echo(String)")
                .withMessageContaining("-parameters");
    }

    @Test
    void methodsOf_classThatItsModuleHides_isRefused() throws Exception {
        compile("hidden/Hidden.java", HIDDEN, "-parameters");
        Path classes = compile(
                "module-info.java",
                "module hidden { provides java.util.function.Supplier with hidden.Hidden; }",
                "-parameters",
                "--add-reads",
                "hidden=ALL-UNNAMED");
        ModuleLayer boot = ModuleLayer.boot();
        Configuration configuration =
                boot.configuration().resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of("hidden"));
        ModuleLayer layer =
                boot.defineModulesWithOneLoader(configuration, getClass().getClassLoader());
        Object target = ServiceLoader.load(layer, Supplier.class).findFirst().orElseThrow();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tool.methodsOf(target))
                .withMessageContaining("Hidden.echo(String)")
                .withMessageContaining("hidden.Hidden")
                .withMessageContaining("dev.tokapu.structured");
    }
}
