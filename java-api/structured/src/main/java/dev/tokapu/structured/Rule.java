package dev.tokapu.structured;

import jakarta.validation.Constraint;
import jakarta.validation.OverridesAttribute;
import jakarta.validation.groups.Default;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A rule of Jakarta Validation, taken out of lists and of annotations that are made of others. Rules of a group only are none.
 *
 * @param name of the annotation, without package
 * @param attributes of the annotation, with what a composed one sets
 */
record Rule(String name, Map<String, Object> attributes) {

    private static final String JAKARTA = "jakarta.validation.constraints.";
    private static final String HIBERNATE_LENGTH = "org.hibernate.validator.constraints.Length";

    Object get(String attribute) {
        return Objects.requireNonNull(attributes.get(attribute));
    }

    int number(String attribute) {
        return (Integer) get(attribute);
    }

    /** The rules among some annotations, each once. */
    static List<Rule> in(Set<Annotation> annotations) {
        Set<Rule> rules = new LinkedHashSet<>();
        annotations.forEach(annotation -> expand(annotation, Map.of(), rules, new LinkedHashSet<>()));
        return List.copyOf(rules);
    }

    private static void expand(
            Annotation annotation, Map<String, Object> overrides, Set<Rule> rules, Set<Class<?>> open) {
        Class<? extends Annotation> type = annotation.annotationType();
        if (isList(type) && attributes(annotation).get("value") instanceof Annotation[] list) {
            for (Annotation element : list) {
                expand(element, overrides, rules, open);
            }
        }
        if (!isConstraint(type)) {
            return;
        }
        Map<String, Object> attributes = attributes(annotation);
        if (!isActive(attributes) || !open.add(type)) {
            return;
        }
        attributes.putAll(overrides);
        if (type.getName().startsWith(JAKARTA)) {
            rules.add(new Rule(type.getSimpleName(), comparable(attributes)));
        } else if (type.getName().equals(HIBERNATE_LENGTH)) {
            rules.add(new Rule("Size", comparable(attributes)));
        } else {
            for (Annotation part : type.getAnnotations()) {
                expand(part, overridden(annotation, part.annotationType()), rules, open);
            }
        }
        open.remove(type);
    }

    private static boolean isConstraint(Class<?> type) {
        return type.isAnnotationPresent(Constraint.class);
    }

    private static boolean isList(Class<? extends Annotation> type) {
        for (Method attribute : type.getDeclaredMethods()) {
            if (attribute.getName().equals("value") && attribute.getReturnType().isArray()) {
                return isConstraint(attribute.getReturnType().getComponentType());
            }
        }
        return false;
    }

    private static boolean isActive(Map<String, Object> attributes) {
        return !(attributes.get("groups") instanceof Class<?>[] groups)
                || groups.length == 0
                || Arrays.asList(groups).contains(Default.class);
    }

    private static Map<String, Object> attributes(Annotation annotation) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        for (Method attribute : annotation.annotationType().getDeclaredMethods()) {
            if (attribute.getParameterCount() == 0) {
                attributes.put(attribute.getName(), value(annotation, attribute));
            }
        }
        return attributes;
    }

    private static Object value(Annotation annotation, Method attribute) {
        try {
            if (!attribute.trySetAccessible()) {
                throw new IllegalArgumentException(
                        annotation.annotationType().getName() + " cannot be read; open its package to dev.tokapu");
            }
            return attribute.invoke(annotation);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalArgumentException(annotation + " cannot be read", e);
        }
    }

    /** What a composed annotation says about one of its parts. */
    private static Map<String, Object> overridden(Annotation composed, Class<? extends Annotation> part) {
        Map<String, Object> overrides = new LinkedHashMap<>();
        for (Method attribute : composed.annotationType().getDeclaredMethods()) {
            for (OverridesAttribute override : attribute.getAnnotationsByType(OverridesAttribute.class)) {
                if (override.constraint() == part) {
                    String name = override.name().isEmpty() ? attribute.getName() : override.name();
                    overrides.put(name, value(composed, attribute));
                }
            }
        }
        return overrides;
    }

    /** Without what makes equal rules different. */
    private static Map<String, Object> comparable(Map<String, Object> attributes) {
        Map<String, Object> comparable = new LinkedHashMap<>();
        attributes.forEach((name, value) -> {
            if (value instanceof Object[] array) {
                comparable.put(name, new ArrayList<>(Arrays.asList(array)));
            } else {
                comparable.put(name, value);
            }
        });
        comparable.keySet().removeAll(List.of("message", "groups", "payload"));
        return comparable;
    }
}
