package dev.tokapu.structured;

import java.nio.file.Path;
import java.util.List;

/** Uses the validator of the class path, then ours. */
@SuppressWarnings("SystemOut")
final class OtherValidatorChild {

    record City(String name, int inhabitants) {}

    private OtherValidatorChild() {}

    public static void main(String[] args) throws Exception {
        Class<?> schemas = Class.forName("com.networknt.schema.SchemaRegistry");
        Class<?> versions = Class.forName("com.networknt.schema.SpecificationVersion");
        Class<?> formats = Class.forName("com.networknt.schema.InputFormat");
        Path jar = Path.of(
                schemas.getProtectionDomain().getCodeSource().getLocation().toURI());
        System.out.println(jar.getFileName());
        Object registry = schemas.getMethod("withDefaultDialect", versions)
                .invoke(null, versions.getField("DRAFT_2020_12").get(null));
        Object schema = schemas.getMethod("getSchema", String.class).invoke(registry, "{\"type\": \"object\"}");
        List<?> errors = (List<?>) schema.getClass()
                .getMethod("validate", String.class, formats)
                .invoke(schema, "7", formats.getField("JSON").get(null));
        System.out.println(errors.size() + " error");
        StructuredType<City> type = StructuredType.of(City.class);
        City city = type.parse("{\"name\": \"Lima\", \"inhabitants\": 10}");
        System.out.println(city.name() + " has " + city.inhabitants());
        try {
            type.parse("{\"name\": 7, \"inhabitants\": 10}");
        } catch (StructuredOutputException e) {
            System.out.println("refused");
        }
    }
}
