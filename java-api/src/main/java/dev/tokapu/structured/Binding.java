package dev.tokapu.structured;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.tokapu.sampling.Grammar;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A type with its schema, and the way from text to value and back. All of Jackson, the schema generator and the validator is
 * behind this class, so that nothing of it is loaded before the first type is asked for.
 *
 * <p>Thread safety: safe.
 */
final class Binding {

    private static final ObjectMapper MAPPER = mapper();

    private final JavaType type;
    private final String schema;
    private final String promptSchema;
    private final Schema validator;
    private volatile @Nullable Grammar grammar;

    private Binding(JavaType type, String schema, String promptSchema, Schema validator) {
        this.type = type;
        this.schema = schema;
        this.promptSchema = promptSchema;
        this.validator = validator;
    }

    private static ObjectMapper mapper() {
        JsonMapper.Builder builder = JsonMapper.builder()
                .annotationIntrospector(new TypeIntrospector())
                .addModules(new Jdk8Module(), new JavaTimeModule())
                .disable(
                        SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
                        SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                .enable(
                        // Without it Kotlin's module takes Int and Double for properties that may be absent.
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                        DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);
        // Kotlin's module knows constructors, nullability and defaults of Kotlin classes; it is there where people use
        // Kotlin.
        for (Module module : ObjectMapper.findModules(Binding.class.getClassLoader())) {
            if (module.getModuleName().contains("kotlin")) {
                builder.addModule(module);
            }
        }
        return builder.build();
    }

    /**
     * Makes the schema of a type.
     *
     * @throws IllegalArgumentException when it cannot be expressed
     */
    static Binding of(Type javaType) {
        JavaType type = MAPPER.constructType(javaType);
        new TypeCheck(MAPPER).check(type);
        JsonNode schema = new SchemaWriter(MAPPER).write(javaType);
        JsonNode simple = schema.deepCopy();
        SchemaDetails.simplify(simple);
        SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
        return new Binding(type, schema.toString(), simple.toString(), registry.getSchema(schema));
    }

    String schema() {
        return schema;
    }

    String promptSchema() {
        return promptSchema;
    }

    Grammar grammar() {
        Grammar made = grammar;
        if (made == null) {
            made = Grammar.ofJsonSchema(schema);
            grammar = made;
        }
        return made;
    }

    /**
     * What is wrong with a text.
     *
     * @return null when it is a value of the type
     */
    @Nullable
    String problem(String text) {
        JsonNode tree;
        try {
            tree = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            return "it is no JSON: " + e.getOriginalMessage();
        } catch (NumberFormatException e) { // Jackson lets it through for exponents of more than ten digits
            return "it holds a number that is too large: " + e.getMessage();
        }
        if (tree.isMissingNode()) {
            return "it is empty";
        }
        List<Error> errors = validator.validate(tree);
        return errors.isEmpty()
                ? null
                : errors.stream().limit(3).map(Binding::describe).collect(Collectors.joining("; "));
    }

    private static String describe(Error error) {
        return error.getInstanceLocation() + ": " + error.getMessage();
    }

    /**
     * Reads a value from a text that has no {@link #problem}.
     *
     * @throws JsonProcessingException when the class does not take it, for example in its constructor
     */
    @Nullable
    Object read(String text) throws JsonProcessingException {
        return MAPPER.readerFor(type).readValue(text);
    }

    /** Reads what is there of a value; empty when the class does not take it. */
    Optional<Object> readPart(String json) {
        try {
            return Optional.ofNullable(MAPPER.readerFor(type)
                    .without(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .readValue(json));
        } catch (JsonProcessingException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    String write(Object value) {
        try {
            return MAPPER.writerFor(type).writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "a " + value.getClass().getName() + " cannot be written: " + e.getOriginalMessage(), e);
        }
    }
}
