package dev.tokapu.structured;

import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.util.ClassUtil;
import org.jspecify.annotations.Nullable;

/**
 * Classes that are one value in JSON: with {@code @JsonValue}, and a constructor or factory for it.
 *
 * <p>Thread safety: safe.
 */
final class Wrapped {

    private Wrapped() {}

    /**
     * The type of that value.
     *
     * @return null for a class of properties
     * @throws IllegalArgumentException when it is written as one value and read as another
     */
    static @Nullable JavaType of(
            BeanDeserializerBase bean, @Nullable AnnotatedMember value, JavaType type, String path) {
        DeserializationConfig config = Jackson.MAPPER.getDeserializationConfig();
        ValueInstantiator creator = bean.getValueInstantiator();
        JavaType delegate = creator.canCreateUsingDelegate()
                ? creator.getDelegateType(config)
                : creator.canCreateUsingArrayDelegate() ? creator.getArrayDelegateType(config) : null;
        if (value == null) {
            boolean ofProperties = creator.canCreateUsingDefault() || creator.canCreateFromObjectWith();
            if (delegate != null || (!ofProperties && isMadeOfScalar(creator))) {
                throw Refusal.of(
                        path,
                        type,
                        "Jackson reads it from one value, but writes its properties; add @JsonValue to what it is"
                                + " written as, or @JsonProperty to the parameter of its @JsonCreator");
            }
            return null;
        }
        AnnotationCheck.check(value, path);
        JavaType written = value.getType();
        boolean read = delegate != null ? box(delegate).equals(box(written)) : reads(creator, box(written));
        if (!read || config.getAnnotationIntrospector().findFormat(value) != null) {
            throw Refusal.of(
                    path,
                    type,
                    "it is written as its @JsonValue, a " + written.toCanonical() + ", and not read from that; add"
                            + " @JsonCreator(mode = JsonCreator.Mode.DELEGATING) to a constructor or factory of it");
        }
        return written;
    }

    private static String box(JavaType type) {
        return type.isPrimitive() ? ClassUtil.wrapperType(type.getRawClass()).getName() : type.toCanonical();
    }

    private static boolean isMadeOfScalar(ValueInstantiator creator) {
        return creator.canCreateFromString()
                || creator.canCreateFromInt()
                || creator.canCreateFromLong()
                || creator.canCreateFromDouble()
                || creator.canCreateFromBoolean();
    }

    private static boolean reads(ValueInstantiator creator, String type) {
        return switch (type) {
            case "java.lang.String" -> creator.canCreateFromString();
            case "java.lang.Integer" -> creator.canCreateFromInt();
            case "java.lang.Long" -> creator.canCreateFromLong();
            case "java.lang.Double" -> creator.canCreateFromDouble();
            case "java.lang.Boolean" -> creator.canCreateFromBoolean();
            default -> false;
        };
    }
}
