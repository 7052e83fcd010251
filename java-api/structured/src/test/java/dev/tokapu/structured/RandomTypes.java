package dev.tokapu.structured;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.tools.ToolProvider;

/**
 * Records that are made up at random, written as Java source and compiled: nested records, generic ones, sealed interfaces,
 * enums, lists, sets, maps, optionals, nullable and bounded fields, recursion.
 */
final class RandomTypes {

    private static final List<String> SCALARS = List.of(
            "boolean",
            "Boolean",
            "byte",
            "short",
            "int",
            "Integer",
            "long",
            "Long",
            "float",
            "double",
            "Double",
            "char",
            "String",
            "String",
            "String",
            "java.math.BigInteger",
            "java.math.BigDecimal",
            "java.util.UUID",
            "java.net.URI",
            "java.time.LocalDate",
            "java.time.LocalTime",
            "java.time.LocalDateTime",
            "java.time.OffsetDateTime",
            "java.time.Instant",
            "java.time.Duration",
            "java.time.Period",
            "java.time.Year",
            "java.time.YearMonth",
            "java.time.MonthDay",
            "java.time.DayOfWeek",
            "java.time.OffsetTime");
    private static final List<String> BOXED = SCALARS.stream()
            .filter(name -> Character.isUpperCase(name.charAt(name.lastIndexOf('.') + 1)))
            .toList();

    private final Random random;
    private final StringBuilder source = new StringBuilder();
    private final List<String> enums = new ArrayList<>();
    private final List<String> records = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    private RandomTypes(long seed) {
        this.random = new Random(seed);
    }

    /** As many record classes, in a class loader of their own. */
    static List<Class<?>> compile(long seed, int count, Path folder) throws IOException, ClassNotFoundException {
        RandomTypes types = new RandomTypes(seed);
        types.write(count);
        return compile(types.source.toString(), types.names, folder);
    }

    /** The named classes within the class {@code Generated} of a source, in a class loader of their own. */
    static List<Class<?>> compile(String source, List<String> names, Path folder)
            throws IOException, ClassNotFoundException {
        Path file = Files.writeString(folder.resolve("Generated.java"), source);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-nowarn",
                        "-proc:none",
                        "-d",
                        folder.toString(),
                        "-cp",
                        classPath(),
                        file.toString());
        if (result != 0) {
            throw new IllegalStateException("the generated source does not compile: " + file);
        }
        return load(folder, names);
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private static List<Class<?>> load(Path folder, List<String> names)
            throws MalformedURLException, ClassNotFoundException {
        // Open until the test ends: the classes are used until then.
        URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, RandomTypes.class.getClassLoader());
        List<Class<?>> classes = new ArrayList<>();
        for (String name : names) {
            classes.add(Class.forName("Generated$" + name, true, loader));
        }
        return classes;
    }

    private void write(int count) {
        source.append("import jakarta.validation.constraints.*;\nimport org.jspecify.annotations.Nullable;\n");
        source.append("public final class Generated {\n");
        source.append("  public record Pair<A, B>(A first, B second) {}\n");
        for (int i = 0; i < 20; i++) {
            writeEnum("E" + i);
        }
        for (int i = 0; i < count; i++) {
            if (random.nextInt(8) == 0) {
                writeSealed("S" + i);
            }
            writeRecord("R" + i);
            names.add("R" + i);
        }
        source.append("}\n");
    }

    private void writeEnum(String name) {
        source.append("  public enum ").append(name).append(" {");
        for (int i = random.nextInt(5); i >= 0; i--) {
            source.append(" C").append(i).append(i == 0 ? " " : ",");
        }
        source.append("}\n");
        enums.add(name);
    }

    private void writeSealed(String name) {
        int subtypes = 1 + random.nextInt(3);
        source.append("  public sealed interface ").append(name).append(" {\n");
        for (int i = 0; i < subtypes; i++) {
            source.append("    record ")
                    .append(name)
                    .append("Sub")
                    .append(i)
                    .append('(')
                    .append(components(2, name));
            source.append(") implements ").append(name).append(" {}\n");
        }
        source.append("    record ")
                .append(name)
                .append("End() implements ")
                .append(name)
                .append(" {}\n  }\n");
        records.add(name);
    }

    private void writeRecord(String name) {
        source.append("  public record ")
                .append(name)
                .append('(')
                .append(components(6, name))
                .append(") {}\n");
        records.add(name);
    }

    private String components(int most, String self) {
        List<String> components = new ArrayList<>();
        for (int i = 0; i < random.nextInt(most + 1); i++) {
            components.add(component(self) + " f" + i);
        }
        return String.join(", ", components);
    }

    private String component(String self) {
        return switch (random.nextInt(12)) {
            case 0 -> "@Min(" + random.nextInt(1000) + ") int";
            case 1 -> "@Min(-" + random.nextInt(50) + ") @Max(" + random.nextInt(500_000) + ") long";
            case 2 -> "@Size(min = " + random.nextInt(3) + ", max = " + (3 + random.nextInt(9)) + ") String";
            case 3 -> "@Size(max = " + (1 + random.nextInt(3)) + ") java.util.List<" + reference(1, self) + ">";
            case 4 -> "@Nullable " + qualified(BOXED.get(random.nextInt(BOXED.size())));
            case 5 -> self.startsWith("S") ? "java.util.List<" + self + ">" : "java.util.Optional<" + self + ">";
            case 6, 7, 8 -> SCALARS.get(random.nextInt(SCALARS.size()));
            default -> reference(2, self);
        };
    }

    /** A type annotation stands before the simple name; in front of a qualified one it is an error. */
    private static String qualified(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? name : "Integer";
    }

    private String reference(int depth, String self) {
        int choice = random.nextInt(depth > 0 ? 9 : 3);
        return switch (choice) {
            case 0 -> enums.get(random.nextInt(enums.size()));
            case 1 -> BOXED.get(random.nextInt(BOXED.size()));
            case 2 -> records.isEmpty() ? "String" : records.get(Math.max(0, records.size() - 1 - random.nextInt(8)));
            case 3 -> "java.util.List<" + reference(depth - 1, self) + ">";
            case 4 -> "java.util.Set<" + reference(depth - 1, self) + ">";
            case 5 -> "java.util.Map<String, " + reference(depth - 1, self) + ">";
            case 6 ->
                "java.util.Map<" + enums.get(random.nextInt(enums.size())) + ", " + reference(depth - 1, self) + ">";
            case 7 -> "java.util.Optional<" + BOXED.get(random.nextInt(BOXED.size())) + ">";
            default -> "Pair<" + reference(depth - 1, self) + ", " + reference(depth - 1, self) + ">";
        };
    }
}
