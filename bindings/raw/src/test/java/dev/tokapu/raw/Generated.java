package dev.tokapu.raw;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the generated classes bind, found by reflection. */
final class Generated {

    private static final String DESCRIPTOR = "$descriptor";

    private Generated() {}

    /** Functions by name: what Java thinks their signature is. */
    static Map<String, FunctionDescriptor> functions() {
        Map<String, FunctionDescriptor> functions = new TreeMap<>();
        for (Method method : Llama.class.getDeclaredMethods()) {
            if (method.getName().endsWith(DESCRIPTOR)) {
                String name = method.getName().replace(DESCRIPTOR, "");
                functions.put(name, (FunctionDescriptor) call(method));
            }
        }
        return functions;
    }

    /** The address of a function; initializes its downcall handle as well. */
    static MemorySegment address(String function) {
        call(method(Llama.class, function + "$handle"));
        return (MemorySegment) call(method(Llama.class, function + "$address"));
    }

    /** Constants by name: Integer, Long, Float, Double or String. */
    static Map<String, Object> constants() {
        Map<String, FunctionDescriptor> functions = functions();
        Map<String, Object> constants = new TreeMap<>();
        for (Method method : Llama.class.getDeclaredMethods()) {
            boolean isConstant = Modifier.isPublic(method.getModifiers())
                    && method.getParameterCount() == 0
                    && !method.getName().contains("$")
                    && !functions.containsKey(method.getName());
            if (isConstant) {
                Object value = call(method);
                constants.put(method.getName(), value instanceof MemorySegment text ? text.getString(0) : value);
            }
        }
        return constants;
    }

    /** Types of C callbacks by name. */
    static Map<String, FunctionDescriptor> callbacks() {
        Map<String, FunctionDescriptor> callbacks = new TreeMap<>();
        for (Class<?> type : types()) {
            if (has(type, "descriptor")) {
                callbacks.put(type.getSimpleName(), (FunctionDescriptor) call(method(type, "descriptor")));
            }
        }
        return callbacks;
    }

    /** Structs by name. */
    static Map<String, Class<?>> structs() {
        Map<String, Class<?>> structs = new TreeMap<>();
        for (Class<?> type : types()) {
            if (has(type, "layout")) {
                structs.put(type.getSimpleName(), type);
            }
        }
        return structs;
    }

    static GroupLayout layout(Class<?> struct) {
        return (GroupLayout) call(method(struct, "layout"));
    }

    /** The names of the fields of a struct. */
    static List<String> fields(Class<?> struct) {
        return Arrays.stream(struct.getDeclaredMethods())
                .map(Method::getName)
                .filter(name -> name.endsWith("$offset"))
                .map(name -> name.replace("$offset", ""))
                .sorted()
                .toList();
    }

    static long offset(Class<?> struct, String field) {
        return (long) call(method(struct, field + "$offset"));
    }

    static long size(Class<?> struct, String field) {
        return ((MemoryLayout) call(method(struct, field + "$layout"))).byteSize();
    }

    private static List<Class<?>> types() {
        URL llama = Llama.class.getResource("Llama.class");
        try {
            if (!llama.getProtocol().equals("jar")) {
                return types(Path.of(llama.toURI()).getParent());
            }
            try (FileSystem jar = FileSystems.newFileSystem(Path.of(Llama.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI()))) {
                return types(jar.getPath("dev", "tokapu", "raw"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Class<?>> types(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.contains("$") && !name.contains("-"))
                    .sorted()
                    .<Class<?>>map(name -> load(name.substring(0, name.length() - ".class".length())))
                    .toList();
        }
    }

    private static Class<?> load(String simpleName) {
        try {
            return Class.forName("dev.tokapu.raw." + simpleName);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean has(Class<?> type, String method) {
        return Arrays.stream(type.getDeclaredMethods())
                .anyMatch(m -> m.getName().equals(method) && m.getParameterCount() == 0);
    }

    private static Method method(Class<?> type, String name) {
        try {
            return type.getDeclaredMethod(name);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object call(Method method) {
        try {
            method.setAccessible(true);
            return method.invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(method + ": " + e.getCause(), e);
        }
    }
}
