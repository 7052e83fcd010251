package dev.tokapu.structured;

import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.PropertyMetadata;
import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A property of a class, as Jackson reads and writes it.
 *
 * @param name in JSON
 * @param type what is read
 * @param reader where the value goes to
 * @param writer where it comes from, null for a property that is only read
 * @param declarations the field, the component, the getter, the parameter
 * @param types how they declare the type
 * @param mayBeAbsent whether JSON may lack it
 * @param description for the model
 */
record Property(
        String name,
        JavaType type,
        AnnotatedMember reader,
        @Nullable AnnotatedMember writer,
        List<AnnotatedElement> declarations,
        List<AnnotatedType> types,
        boolean mayBeAbsent,
        @Nullable String description) {

    /** As the context of a deserializer. */
    BeanProperty read() {
        return context(reader);
    }

    /** As the context of a serializer. */
    BeanProperty written() {
        return context(writer == null ? reader : writer);
    }

    private BeanProperty context(AnnotatedMember member) {
        return new BeanProperty.Std(PropertyName.construct(name), type, null, member, PropertyMetadata.STD_OPTIONAL);
    }
}
