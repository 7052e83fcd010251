package dev.tokapu.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NativeConstants;
import java.io.IOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The header, the spi, the library and the generated code say the same. */
class HeaderDriftIT extends Contract {

    @Test
    void functions_ofHeaderAndSpi_areTheSame() {
        Set<String> spi = Arrays.stream(NativeApi.class.getMethods())
                .map(method -> "tokapu_" + snakeCase(method.getName()))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(spi).isEqualTo(new TreeSet<>(Header.functions().keySet())).hasSizeGreaterThan(80);
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT).replaceAll("_([pn])_sigma", "_n_sigma");
    }

    @Test
    void functions_ofHeaderAndLibrary_areTheSame() throws IOException, InterruptedException {
        String library = libraries().resolve(System.mapLibraryName("tokapu")).toString();
        TreeSet<String> exported = run("nm", "-D", "--defined-only", library)
                .lines()
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .filter(symbol -> symbol.startsWith("tokapu_"))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(exported).isEqualTo(new TreeSet<>(Header.functions().keySet()));
    }

    @Test
    void functions_ofGeneratedCode_haveTheSignaturesOfTheHeader() throws ReflectiveOperationException {
        for (Map.Entry<String, List<String>> function : Header.functions().entrySet()) {
            List<List<String>> signatures = bindingName().equals("ffm")
                    ? List.of(ffmSignature(function.getKey()))
                    : jniSignatures(function.getKey());
            assertThat(signatures).as(function.getKey()).contains(function.getValue());
        }
    }

    /** Java 17 compiles this, so FFM's types are reached by reflection. */
    private static List<String> ffmSignature(String function) throws ReflectiveOperationException {
        Class<?> generated = Class.forName("dev.tokapu.ffm.gen.TokapuH");
        Object descriptor = generated.getMethod(function + "$descriptor").invoke(null);
        MethodType type = (MethodType) Class.forName("java.lang.foreign.FunctionDescriptor")
                .getMethod("toMethodType")
                .invoke(descriptor);
        assertThat(type.returnType()).as(function).isEqualTo(int.class);
        return types(type.parameterArray());
    }

    private static List<List<String>> jniSignatures(String function) throws ReflectiveOperationException {
        Class<?> generated = Class.forName("dev.tokapu.jni.gen.TokapuLibrary");
        return Arrays.stream(generated.getMethods())
                .filter(method -> method.getName().equals(function) && Modifier.isNative(method.getModifiers()))
                .filter(method -> method.getReturnType() == int.class)
                .map(Method::getParameterTypes)
                .map(HeaderDriftIT::types)
                .toList();
    }

    private static List<String> types(Class<?>[] parameters) {
        return Arrays.stream(parameters)
                .map(type -> type.isPrimitive() ? type.getName() : "pointer")
                .toList();
    }

    @Test
    void constants_ofHeaderAndSpi_haveTheSameNamesAndValues(@TempDir Path temp)
            throws IOException, InterruptedException, ReflectiveOperationException {
        TreeMap<String, Long> spi = new TreeMap<>();
        for (Field field : NativeConstants.class.getFields()) {
            if (field.getType() == int.class) {
                spi.put("TOKAPU_" + field.getName(), (long) field.getInt(null));
            }
        }

        assertThat(spi).isEqualTo(valuesByCompiler(temp)).hasSizeGreaterThan(100);
    }

    private static Map<String, Long> valuesByCompiler(Path temp) throws IOException, InterruptedException {
        StringBuilder source = new StringBuilder("#include <stdio.h>\n#include \"tokapu.h\"\nint main(void) {\n");
        for (String name : Header.constants()) {
            source.append("    printf(\"" + name + " %lld\\n\", (long long) " + name + ");\n");
        }
        source.append("    return 0;\n}\n");
        Path file = Files.writeString(temp.resolve("constants.c"), source);
        String program = temp.resolve("constants").toString();
        run("cc", "-I", Header.directory().toString(), "-o", program, file.toString());
        Map<String, Long> values = new TreeMap<>();
        run(program).lines().forEach(line -> {
            String[] parts = line.split(" ", 2);
            values.put(parts[0], Long.valueOf(parts[1]));
        });
        return values;
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new AssertionError(
                    "This test needs '" + command[0] + "' of a C toolchain. Install one, for example the package"
                            + " build-essential.",
                    e);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + "\n" + output)
                .isZero();
        return output;
    }
}
