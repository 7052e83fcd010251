package dev.tokapu.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationOption;
import java.lang.reflect.Type;

/**
 * Makes JSON Schemas of types, with the schema generator.
 *
 * <p>Thread safety: confined.
 */
final class SchemaWriter {

    private final SchemaGenerator generator;

    SchemaWriter(ObjectMapper mapper) {
        SchemaGeneratorConfigBuilder builder = new SchemaGeneratorConfigBuilder(
                        mapper, SchemaVersion.DRAFT_2020_12, new OptionPreset())
                .with(
                        Option.PUBLIC_NONSTATIC_FIELDS,
                        Option.NONPUBLIC_NONSTATIC_FIELDS_WITH_GETTERS,
                        Option.NONPUBLIC_NONSTATIC_FIELDS_WITHOUT_GETTERS,
                        Option.NULLABLE_ALWAYS_AS_ANYOF,
                        Option.PLAIN_DEFINITION_KEYS,
                        Option.EXTRA_OPEN_API_FORMAT_VALUES,
                        Option.ALLOF_CLEANUP_AT_THE_END,
                        Option.DUPLICATE_MEMBER_ATTRIBUTE_CLEANUP_AT_THE_END)
                .with(Scalars.module())
                .with(new JacksonModule(
                        JacksonOption.SKIP_SUBTYPE_LOOKUP,
                        JacksonOption.IGNORE_TYPE_INFO_TRANSFORM,
                        JacksonOption.RESPECT_JSONPROPERTY_ORDER))
                .with(new JakartaValidationModule(JakartaValidationOption.INCLUDE_PATTERN_EXPRESSIONS));
        SchemaDefinitions definitions = new SchemaDefinitions(mapper);
        builder.forTypesInGeneral()
                .withPropertySorter((unusedOne, unusedOther) -> 0)
                .withCustomDefinitionProvider(definitions)
                .withTypeAttributeOverride(definitions::closeObject);
        builder.forFields()
                .withCustomDefinitionProvider(definitions::ofField)
                .withNullableCheck(
                        field -> !field.isFakeContainerItemScope() && Nullability.isNullable(field.getRawMember()));
        this.generator = new SchemaGenerator(builder.build());
    }

    JsonNode write(Type type) {
        JsonNode schema = generator.generateSchema(type);
        SchemaDetails.complete(schema);
        return schema;
    }
}
