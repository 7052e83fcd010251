package dev.tokapu.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.NativeApi;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The header, the spi, the library and the generated code say the same. */
class HeaderDriftIT extends Contract {

    /** The headings of the header that a topic of {@link NativeApi} stands for. */
    private static final Map<String, List<String>> HEADINGS = Map.ofEntries(
            Map.entry("system", List.of("status", "version and log", "for tests")),
            Map.entry("backends", List.of("backend")),
            Map.entry("devices", List.of("devices")),
            Map.entry("models", List.of("model")),
            Map.entry("vocab", List.of("vocabulary")),
            Map.entry("contexts", List.of("context")),
            Map.entry("adapters", List.of("adapters")),
            Map.entry("memory", List.of("memory (KV cache and recurrent state)")),
            Map.entry("states", List.of("state of a sequence")),
            Map.entry("samplers", List.of("samplers")),
            Map.entry("reasoning", List.of("reasoning budgets")),
            Map.entry("chatTemplates", List.of("chat templates")),
            Map.entry("answerParsers", List.of("answer parsers")),
            Map.entry("quantizing", List.of("quantizing")),
            Map.entry("imatrices", List.of("importance matrices")));

    @TestFactory
    Stream<DynamicTest> functions_ofHeaderAndSpi_areTheSame() {
        return Arrays.stream(NativeApi.class.getRecordComponents())
                .map(topic -> DynamicTest.dynamicTest(topic.getName(), () -> {
                    Set<String> header = new TreeSet<>();
                    HEADINGS.getOrDefault(topic.getName(), List.of())
                            .forEach(h -> header.addAll(Header.functionsUnder(h)));
                    Set<String> spi = Arrays.stream(topic.getType().getMethods())
                            .map(method -> function(topic.getType(), method))
                            .collect(Collectors.toCollection(TreeSet::new));
                    assertThat(spi).isEqualTo(header).isNotEmpty();
                }));
    }

    @Test
    void functions_ofHeaderAndSpi_areAsMany() {
        long spi = Arrays.stream(NativeApi.class.getRecordComponents())
                .mapToLong(topic -> topic.getType().getMethods().length)
                .sum();

        assertThat(spi).isEqualTo(Header.functions().size()).isGreaterThan(80);
    }

    /** {@code create} of {@code ContextApi} is {@code tokapu_context_new}, {@code decode} of it is {@code tokapu_decode}. */
    private static String function(Class<?> topic, Method method) {
        String prefix =
                snakeCase(topic.getSimpleName().replaceFirst("Api$", "")).substring(1);
        String name = method.getName().equals("create") ? "new" : snakeCase(method.getName());
        String full = "tokapu_" + prefix + '_' + name;
        return Header.functions().containsKey(full) ? full : "tokapu_" + name;
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
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
        spi.put("TOKAPU_ABI_VERSION", (long) NativeApi.ABI_VERSION);
        for (Map.Entry<String, List<String>> constants : Header.enums().entrySet()) {
            String prefix = commonWords(constants.getValue());
            for (Field field : classOf(constants.getKey()).getFields()) {
                spi.put(prefix + field.getName(), (long) field.getInt(null));
            }
        }

        assertThat(spi).isEqualTo(valuesByCompiler(temp)).hasSizeGreaterThan(100);
    }

    /** {@code tokapu_model_info_key} is {@code ModelInfoKey}. */
    private static Class<?> classOf(String headerEnum) throws ClassNotFoundException {
        String name = Arrays.stream(headerEnum.split("_", -1))
                .skip(1)
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining());
        return Class.forName(NativeApi.class.getPackageName() + '.' + name);
    }

    /** What the names of an enum begin with, up to an underscore. */
    private static String commonWords(List<String> names) {
        String first = names.get(0);
        int end = first.lastIndexOf('_') + 1;
        while (!allStartWith(names, first.substring(0, end))) {
            end = first.lastIndexOf('_', end - 2) + 1;
        }
        return first.substring(0, end);
    }

    private static boolean allStartWith(List<String> names, String prefix) {
        return names.stream().allMatch(name -> name.startsWith(prefix));
    }

    @Test
    void constants_ofGeneratedCode_haveTheValuesOfTheHeader(@TempDir Path temp)
            throws IOException, InterruptedException, ReflectiveOperationException {
        if (bindingName().equals("ffm")) {
            return; // regen.sh leaves constants out
        }
        TreeMap<String, Long> generated = new TreeMap<>();
        generated.put("TOKAPU_ABI_VERSION", (long) NativeApi.ABI_VERSION); // left out as well
        for (Field field : Class.forName("dev.tokapu.jni.gen.TokapuLibrary").getFields()) {
            if (field.getName().startsWith("TOKAPU_")) {
                generated.put(field.getName(), (long) field.getInt(null));
            }
        }

        assertThat(generated).isEqualTo(valuesByCompiler(temp));
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
