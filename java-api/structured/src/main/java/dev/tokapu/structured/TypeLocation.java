package dev.tokapu.structured;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A place in a type where a value stands: a property, an element of a list, the whole.
 *
 * @param path for people
 * @param property Jackson's, with the annotations of the place; null for the whole
 * @param types how the place is declared, with annotations of the type and inside it
 * @param rules about the value
 * @param nullable whether an annotation lets it be null: any with the simple name {@code Nullable}
 */
record TypeLocation(
        String path, @Nullable Property property, List<AnnotatedType> types, List<Rule> rules, boolean nullable) {

    static TypeLocation root(String path) {
        return new TypeLocation(path, null, List.of(), List.of(), false);
    }

    static TypeLocation of(String path, Property property) {
        List<AnnotatedElement> all = Stream.concat(
                        property.declarations().stream(),
                        property.types().stream().map(AnnotatedElement.class::cast))
                .toList();
        Set<Annotation> annotations = annotations(all);
        return new TypeLocation(path, property, property.types(), Rule.in(annotations), isNullable(annotations));
    }

    /** The same for a part of the value that stands for it. */
    TypeLocation with(List<Rule> others) {
        Set<Rule> joined = new LinkedHashSet<>(rules);
        joined.addAll(others);
        return new TypeLocation(path, property, types, List.copyOf(joined), nullable);
    }

    /** What the type declares at an argument: of a list 0, of a map 0 and 1. */
    TypeLocation argument(String suffix, int index, int arguments) {
        List<AnnotatedType> inner = types.stream()
                .filter(type -> type instanceof AnnotatedParameterizedType)
                .map(type -> ((AnnotatedParameterizedType) type).getAnnotatedActualTypeArguments())
                .filter(found -> found.length == arguments)
                .map(found -> found[index])
                .toList();
        return inside(suffix, inner, Set.of());
    }

    /** The elements of an array. What stands before a field of array type is said of both by Java; it means the array. */
    TypeLocation component() {
        List<AnnotatedType> inner = types.stream()
                .filter(type -> type instanceof AnnotatedArrayType)
                .map(type -> ((AnnotatedArrayType) type).getAnnotatedGenericComponentType())
                .toList();
        return inside("[]", inner, property == null ? Set.of() : annotations(property.declarations()));
    }

    private TypeLocation inside(String suffix, List<AnnotatedType> inner, Set<Annotation> taken) {
        Set<Annotation> annotations = annotations(inner);
        annotations.removeAll(taken);
        Property place = property == null
                ? null
                : new Property(
                        property.name(),
                        property.type(),
                        property.reader(),
                        property.writer(),
                        List.of(),
                        inner,
                        false,
                        null);
        return new TypeLocation(path + suffix, place, inner, Rule.in(annotations), isNullable(annotations));
    }

    static Set<Annotation> annotations(List<? extends AnnotatedElement> elements) {
        Set<Annotation> annotations = new LinkedHashSet<>();
        elements.forEach(element -> annotations.addAll(Arrays.asList(element.getAnnotations())));
        return annotations;
    }

    private static boolean isNullable(Set<Annotation> annotations) {
        return annotations.stream()
                .anyMatch(annotation ->
                        annotation.annotationType().getSimpleName().equals("Nullable"));
    }
}
