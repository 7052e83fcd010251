package dev.tokapu.structured;

import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;

/**
 * Whether a property may have no value: any annotation with the simple name {@code Nullable} that exists at run time says so,
 * of JSpecify, Jakarta or others.
 *
 * <p>Thread safety: safe.
 */
final class Nullability {

    private Nullability() {}

    static boolean isNullable(Field field) {
        return isMarked(field) || isMarked(field.getAnnotatedType());
    }

    static boolean isNullable(BeanPropertyDefinition property) {
        if (property.hasField() && isNullable(property.getField().getAnnotated())) {
            return true;
        }
        AnnotatedMember member = property.getPrimaryMember();
        if (member instanceof AnnotatedParameter parameter
                && parameter.getOwner().getAnnotated() instanceof Executable executable
                && executable.getAnnotatedParameterTypes().length > parameter.getIndex()) {
            return isMarked(executable.getParameters()[parameter.getIndex()])
                    || isMarked(executable.getAnnotatedParameterTypes()[parameter.getIndex()]);
        }
        return false;
    }

    private static boolean isMarked(AnnotatedElement element) {
        for (Annotation annotation : element.getAnnotations()) {
            if (annotation.annotationType().getSimpleName().equals("Nullable")) {
                return true;
            }
        }
        return false;
    }
}
