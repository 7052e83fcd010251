package dev.tokapu.structured;

import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.introspect.AnnotatedMethod;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.AnnotationMap;
import com.fasterxml.jackson.databind.introspect.TypeResolutionContext;
import com.fasterxml.jackson.databind.type.TypeBindings;
import java.lang.annotation.Annotation;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The parameters of a method, each as if it were the property of a class.
 *
 * <p>Thread safety: confined.
 */
final class ToolParameters {

    private final Method method;
    private final String path;
    private final TypeBindings bindings;
    private final TypeResolutionContext types;

    private ToolParameters(Method method, String path, TypeBindings bindings) {
        this.method = method;
        this.path = path;
        this.bindings = bindings;
        this.types = new TypeResolutionContext.Basic(Jackson.MAPPER.getTypeFactory(), bindings);
    }

    /**
     * The parameters of a method.
     *
     * @param path of the method, for people
     * @param bindings what the type variables of its class stand for
     * @throws IllegalArgumentException when one has no name or no type
     */
    static List<Property> of(Method method, String path, TypeBindings bindings) {
        return new ToolParameters(method, path, bindings).all();
    }

    private List<Property> all() {
        Parameter[] parameters = method.getParameters();
        AnnotationMap[] annotations =
                Arrays.stream(parameters).map(ToolParameters::annotations).toArray(AnnotationMap[]::new);
        AnnotatedMethod owner = new AnnotatedMethod(types, method, new AnnotationMap(), annotations);
        List<Property> properties = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < parameters.length; i++) {
            Property property = property(parameters[i], i, owner, annotations[i]);
            if (!names.add(property.name())) {
                throw Refusal.of(path, "two of its parameters have the name " + property.name() + "; change one");
            }
            properties.add(property);
        }
        return properties;
    }

    private static AnnotationMap annotations(Parameter parameter) {
        AnnotationMap map = new AnnotationMap();
        for (Annotation annotation : parameter.getAnnotations()) {
            map.add(annotation);
        }
        return map;
    }

    private Property property(Parameter parameter, int index, AnnotatedMethod owner, AnnotationMap annotations) {
        requireKnown(parameter);
        JavaType type = types.resolveType(parameter.getParameterizedType());
        AnnotatedParameter member = new AnnotatedParameter(owner, type, types, annotations, index);
        AnnotationIntrospector introspector =
                Jackson.MAPPER.getDeserializationConfig().getAnnotationIntrospector();
        PropertyName declared = introspector.findNameForDeserialization(member);
        String name = declared != null && declared.hasSimpleName() ? declared.getSimpleName() : name(parameter, index);
        return new Property(
                name,
                type,
                member,
                null,
                List.of(parameter),
                List.of(parameter.getAnnotatedType()),
                false,
                introspector.findPropertyDescription(member));
    }

    private String name(Parameter parameter, int index) {
        if (!parameter.isNamePresent()) {
            throw Refusal.of(
                    path,
                    "the name of its parameter " + (index + 1)
                            + " is not in the class file; compile with -parameters, or add @JsonProperty(\"...\")");
        }
        return parameter.getName();
    }

    private void requireKnown(Parameter parameter) {
        TypeVariable<?> unknown = variables(parameter.getParameterizedType())
                .filter(variable -> variable.getGenericDeclaration() instanceof Method
                        || bindings.findBoundType(variable.getName()) == null)
                .findFirst()
                .orElse(null);
        if (unknown != null) {
            throw Refusal.of(
                    path,
                    "nobody knows what " + unknown + " in its parameter "
                            + parameter.getParameterizedType().getTypeName()
                            + " stands for; write the type");
        }
    }

    private static Stream<TypeVariable<?>> variables(Type type) {
        if (type instanceof TypeVariable<?> variable) {
            return Stream.of(variable);
        }
        if (type instanceof ParameterizedType parameterized) {
            return Arrays.stream(parameterized.getActualTypeArguments()).flatMap(ToolParameters::variables);
        }
        if (type instanceof GenericArrayType array) {
            return variables(array.getGenericComponentType());
        }
        return type instanceof WildcardType wildcard
                ? Arrays.stream(wildcard.getUpperBounds()).flatMap(ToolParameters::variables)
                : Stream.empty();
    }
}
