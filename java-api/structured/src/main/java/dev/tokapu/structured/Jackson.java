package dev.tokapu.structured;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/**
 * Jackson as it is set for answers, and what it does with a type: the questions to it that a schema is made of.
 *
 * <p>Thread safety: safe.
 */
final class Jackson {

    static final ObjectMapper MAPPER = mapper();

    private Jackson() {}

    private static ObjectMapper mapper() {
        JsonMapper.Builder builder = JsonMapper.builder()
                .annotationIntrospector(new TypeIntrospector())
                .addModules(new Jdk8Module(), new JavaTimeModule())
                .addModule(tokapus())
                .disable(
                        SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
                        SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS,
                        SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                .enable(
                        // Without it Kotlin's module takes Int and Double for properties that may be absent.
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);
        // Kotlin's module knows constructors, nullability and defaults of Kotlin classes; it is there where people use
        // Kotlin.
        for (Module module : ObjectMapper.findModules(Jackson.class.getClassLoader())) {
            if (module.getModuleName().contains("kotlin")) {
                builder.addModule(module);
            }
        }
        return builder.build();
    }

    private static Module tokapus() {
        SimpleModule module = new SimpleModule("tokapu");
        module.setSerializerModifier(new WrittenProperties());
        module.setValueInstantiators(new KotlinObjects());
        return module;
    }

    /** What reading knows of a class. */
    static BeanDescription read(JavaType type) {
        return MAPPER.getDeserializationConfig().introspect(type);
    }

    /** What writing knows of a class. */
    static BeanDescription written(JavaType type) {
        return MAPPER.getSerializationConfig().introspect(type);
    }

    /** Writes what a class says about itself into its schema. */
    static void describe(ObjectNode schema, JavaType type) {
        DeserializationConfig config = MAPPER.getDeserializationConfig();
        String text = config.getAnnotationIntrospector()
                .findClassDescription(read(type).getClassInfo());
        if (text != null) {
            schema.put("description", text);
        }
    }

    /** The class that is made for a type: another one for an interface that names it. */
    static JavaType made(JavaType type) {
        try {
            return deserializer(type) instanceof BeanDeserializerBase bean
                            && type.getRawClass().isAssignableFrom(bean.handledType())
                    ? bean.getValueType()
                    : type;
        } catch (JsonMappingException e) {
            return type;
        }
    }

    /** What reads a type. */
    static JsonDeserializer<Object> deserializer(JavaType type) throws JsonMappingException {
        DeserializationConfig config = MAPPER.getDeserializationConfig();
        DefaultDeserializationContext base = (DefaultDeserializationContext) MAPPER.getDeserializationContext();
        DefaultDeserializationContext context = base.createDummyInstance(config);
        try {
            return context.findNonContextualValueDeserializer(type);
        } catch (IllegalArgumentException e) { // for example a letter that no pattern of dates has
            throw JsonMappingException.from((JsonParser) null, String.valueOf(e.getMessage()), e);
        }
    }

    /** What tells subtypes apart while reading; null for a type without. */
    static @Nullable TypeDeserializer typeDeserializer(JavaType type) throws JsonMappingException {
        return MAPPER.getDeserializationConfig().findTypeDeserializer(type);
    }

    /** What names subtypes while writing; null for a type without. */
    static @Nullable TypeSerializer typeSerializer(JavaType type) throws JsonMappingException {
        return MAPPER.getSerializerProviderInstance().findTypeSerializer(type);
    }

    /** Reads one JSON text as the value of a property. */
    static @Nullable Object readAs(JavaType type, @Nullable BeanProperty property, String json) throws IOException {
        DefaultDeserializationContext base = (DefaultDeserializationContext) MAPPER.getDeserializationContext();
        try (JsonParser parser = MAPPER.createParser(json)) {
            parser.nextToken();
            DeserializationContext context =
                    base.createInstance(MAPPER.getDeserializationConfig(), parser, MAPPER.getInjectableValues());
            JsonDeserializer<Object> deserializer = context.findContextualValueDeserializer(type, property);
            if (parser.currentToken() == JsonToken.VALUE_NULL) {
                return deserializer.getNullValue(context);
            }
            TypeDeserializer subtypes = typeDeserializer(type);
            return subtypes == null
                    ? deserializer.deserialize(parser, context)
                    : deserializer.deserializeWithType(parser, context, subtypes);
        }
    }

    /** Writes one value as that of a property. */
    static JsonNode writeAs(JavaType type, @Nullable BeanProperty property, Object value) throws IOException {
        StringWriter text = new StringWriter();
        SerializerProvider provider = MAPPER.getSerializerProviderInstance();
        try (JsonGenerator generator = MAPPER.createGenerator(text)) {
            JsonSerializer<Object> serializer = provider.findPrimaryPropertySerializer(type, property);
            serializer.serialize(value, generator, provider);
        }
        return MAPPER.readTree(text.toString());
    }
}
