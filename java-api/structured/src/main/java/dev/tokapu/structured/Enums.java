package dev.tokapu.structured;

import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.TypeFactory;
import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The constants of enums as Jackson writes them, as values and as keys, once it has read them back.
 *
 * <p>Thread safety: safe.
 */
final class Enums {

    private static final TypeFactory TYPES = Jackson.MAPPER.getTypeFactory();

    private Enums() {}

    /** What Jackson writes for each constant and reads back. */
    static ObjectNode constants(JavaType type, TypeLocation location) {
        Property property = location.property();
        BeanProperty written = property == null ? null : property.written();
        BeanProperty read = property == null ? null : property.read();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        ArrayNode names = node.putArray("enum");
        for (Object constant : all(type, location.path())) {
            try {
                JsonNode name = Jackson.writeAs(type, written, constant);
                if (!name.isValueNode() || !constant.equals(Jackson.readAs(type, read, name.toString()))) {
                    throw unread(type, location.path(), constant, name.toString(), null);
                }
                names.add(name);
            } catch (IOException e) {
                throw unread(type, location.path(), constant, "that", e);
            }
        }
        Jackson.describe(node, type);
        return node;
    }

    private static Object[] all(JavaType type, String path) {
        Object[] constants = type.getRawClass().getEnumConstants();
        if (constants == null || constants.length == 0) {
            throw Refusal.of(path, type, "it has no constants");
        }
        return constants;
    }

    private static IllegalArgumentException unread(
            JavaType type, String path, Object constant, String name, @Nullable Exception cause) {
        IllegalArgumentException refusal = Refusal.of(
                path,
                type,
                "Jackson writes " + constant + " as " + name + " and does not read it back; give each constant a text"
                        + " of its own with @JsonProperty, or take its @JsonFormat, @JsonValue or @JsonCreator away");
        if (cause != null) {
            refusal.initCause(cause);
        }
        return refusal;
    }

    /** The keys that Jackson writes into a map and reads back. */
    static List<String> keys(JavaType type, String path) {
        JavaType keyType = type.getKeyType();
        boolean enumMap = EnumMap.class.isAssignableFrom(type.getRawClass());
        JavaType numbers = TYPES.constructMapType(
                enumMap ? EnumMap.class : LinkedHashMap.class, keyType, TYPES.constructType(Integer.class));
        Map<Object, Integer> map = new LinkedHashMap<>();
        for (Object constant : all(keyType, path)) {
            map.put(constant, map.size());
        }
        try {
            JsonNode written = Jackson.MAPPER.readTree(
                    Jackson.MAPPER.writerFor(numbers).writeValueAsString(enumMap ? enumMap(map) : map));
            Map<?, ?> read = Jackson.MAPPER.readerFor(numbers).readValue(written);
            if (!read.equals(map)) {
                throw new IOException("other keys");
            }
            return written.properties().stream().map(Map.Entry::getKey).toList();
        } catch (IOException e) {
            throw Refusal.of(
                    path,
                    type,
                    "Jackson does not read the keys of " + keyType.toCanonical()
                            + " that it writes; take its @JsonKey away, or give each constant a text with @JsonProperty");
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // the keys are of one enum
    private static Map<?, ?> enumMap(Map<Object, Integer> map) {
        return new EnumMap((Map) map);
    }
}
