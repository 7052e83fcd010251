package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.tokapu.Model;
import dev.tokapu.TestModels;

/** Schemas with a text that fits and one that does not, by their grammars and by a validator that knows nothing of them. */
final class SchemaPairs implements AutoCloseable {

    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private final Model model = TestModels.tiny();
    private final GrammarDriver driver = new GrammarDriver(model);

    void assertSame(String schema, String allowed, String forbidden) {
        Schema validator = REGISTRY.getSchema(schema);
        assertThat(validator.validate(allowed, InputFormat.JSON)).as(allowed).isEmpty();
        assertThat(validator.validate(forbidden, InputFormat.JSON))
                .as(forbidden)
                .isNotEmpty();
        assertGrammar(schema, allowed, forbidden);
    }

    /** Where the validator knows less. */
    void assertGrammar(String schema, String allowed, String forbidden) {
        for (Grammar grammar : new Grammar[] {Grammar.ofJsonSchema(schema), Grammar.ofJsonSchemaCompact(schema)}) {
            assertThat(driver.accepts(grammar, allowed)).as(allowed).isTrue();
            assertThat(driver.accepts(grammar, forbidden)).as(forbidden).isFalse();
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
