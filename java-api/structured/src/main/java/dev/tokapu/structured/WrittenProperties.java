package dev.tokapu.structured;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.introspect.AnnotatedField;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import java.util.Comparator;
import java.util.List;

/**
 * Writes of a class what is read of it, in the same order: no computed properties.
 *
 * <p>Thread safety: immutable.
 */
final class WrittenProperties extends BeanSerializerModifier {

    private static final long serialVersionUID = 1L;

    @Override
    public List<BeanPropertyWriter> orderProperties(
            SerializationConfig config, BeanDescription description, List<BeanPropertyWriter> properties) {
        List<String> read;
        try {
            read = ReadProperties.names(description.getType());
        } catch (JsonMappingException e) {
            // Within an Object, where anything is written that its class shows.
            properties.removeIf(property ->
                    property.getMember() instanceof AnnotatedField field && TypeIntrospector.isHidden(field));
            return properties;
        }
        properties.removeIf(property -> !read.contains(property.getName()));
        properties.sort(Comparator.comparingInt(property -> read.indexOf(property.getName())));
        return properties;
    }
}
