package dev.tokapu.structured;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.introspect.TypeResolutionContext;
import com.fasterxml.jackson.databind.type.TypeBindings;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolMethod;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * Makes tools of the methods of an object that carry {@link ToolMethod}.
 *
 * <p>Thread safety: confined.
 */
final class ToolMethods {

    private static final String DONE = "done";

    private final Object target;
    private final Map<String, Method> bySignature = new LinkedHashMap<>();

    private ToolMethods(Object target) {
        this.target = target;
    }

    static List<Tool> of(Object target) {
        ToolMethods methods = new ToolMethods(target);
        JavaType type = Jackson.MAPPER.constructType(target.getClass());
        methods.collect(type);
        if (methods.bySignature.isEmpty()) {
            throw new IllegalArgumentException(target.getClass().getTypeName()
                    + " has no method with @ToolMethod, nor has a superclass or an interface of it"
                    + (target instanceof Class<?> ? "; give an object in place of a class" : ""));
        }
        Map<String, Tool> tools = new TreeMap<>();
        Map<String, Method> byName = new LinkedHashMap<>();
        for (Method method : methods.bySignature.values()) {
            String name = name(method);
            Method other = byName.putIfAbsent(name, method);
            if (other != null) {
                throw new IllegalArgumentException("two tools have the name '" + name + "': " + path(other) + " and "
                        + path(method) + "; give one of them another with @ToolMethod(name = \"...\")");
            }
            tools.put(name, methods.tool(method, name, bindings(type, method)));
        }
        return List.copyOf(tools.values());
    }

    /** Of the class first, so that what it says about a method hides what its superclasses and interfaces say. */
    private void collect(JavaType type) {
        Arrays.stream(type.getRawClass().getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(ToolMethod.class) && !method.isBridge())
                .sorted(Comparator.comparing(Method::toGenericString))
                .forEach(method -> bySignature.putIfAbsent(signature(method, type.getBindings()), method));
        if (type.getSuperClass() != null) {
            collect(type.getSuperClass());
        }
        type.getInterfaces().forEach(this::collect);
    }

    private static TypeBindings bindings(JavaType type, Method method) {
        return type.findSuperType(method.getDeclaringClass()).getBindings();
    }

    /** The same for a method and what it overrides, also where the types of the latter are variables. */
    private static String signature(Method method, TypeBindings bindings) {
        String owner = Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers())
                ? method.getDeclaringClass().getName() + "."
                : "";
        return Arrays.stream(method.getGenericParameterTypes())
                .map(type -> types(bindings).resolveType(type).getRawClass().getName())
                .collect(Collectors.joining(",", owner + method.getName() + "(", ")"));
    }

    private static String name(Method method) {
        String name = method.getAnnotation(ToolMethod.class).name();
        return name.isEmpty() ? method.getName() : name;
    }

    /** For people. */
    private static String path(Method method) {
        String parameters = Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", "));
        return method.getDeclaringClass().getSimpleName() + "." + method.getName() + "(" + parameters + ")";
    }

    private Tool tool(Method method, String name, TypeBindings bindings) {
        if (!method.trySetAccessible()) {
            throw new IllegalArgumentException(path(method) + " cannot be called from outside its module; make it and "
                    + method.getDeclaringClass().getTypeName() + " public in an exported package, or open its package"
                    + " to the module dev.tokapu.structured");
        }
        JavaType result = result(method, bindings);
        MethodArguments arguments = new MethodArguments(
                method.getDeclaringClass().getSimpleName() + "." + method.getName(),
                ToolParameters.of(method, path(method), bindings),
                result);
        boolean nothing = result.hasRawClass(void.class) || result.hasRawClass(Void.class);
        return Tool.of(name, method.getAnnotation(ToolMethod.class).description(), arguments, values -> {
            Object value = method.invoke(target, values);
            if (!nothing) {
                return value;
            }
            return value instanceof CompletionStage<?> stage ? stage.thenApply(none -> DONE) : DONE;
        });
    }

    /** What a method gives, now or later. */
    private static JavaType result(Method method, TypeBindings bindings) {
        JavaType type = types(bindings).resolveType(method.getGenericReturnType());
        JavaType stage = type.findSuperType(CompletionStage.class);
        return stage == null || stage.containedTypeCount() == 0 ? type : stage.containedType(0);
    }

    private static TypeResolutionContext types(TypeBindings bindings) {
        return new TypeResolutionContext.Basic(Jackson.MAPPER.getTypeFactory(), bindings);
    }
}
