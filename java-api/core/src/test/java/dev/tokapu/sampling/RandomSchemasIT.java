package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.exception.GrammarException;
import dev.tokapu.testsupport.Thorough;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Texts drawn from the grammars of random schemas, blanks and none, validated by a library that knows nothing of grammars.
 * {@code -Dtokapu.test.schemas=100000} tries that many, {@code -Dtokapu.test.seed} others.
 */
class RandomSchemasIT {

    private static final int SCHEMAS = Integer.getInteger("tokapu.test.schemas", Thorough.cases(1500, 700, 250));
    private static final long SEED = Long.getLong("tokapu.test.seed", 15);
    private static final int TOKENS = 600;

    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    @Test
    void ofJsonSchema_random_drawnTextsValidate() {
        Random random = new Random(SEED);
        RandomSchemas schemas = new RandomSchemas(random);
        int drawn = 0;
        int refused = 0;
        try (Model model = TestModels.tiny()) {
            GrammarDriver driver = new GrammarDriver(model);
            for (int i = 0; i < SCHEMAS; i++) {
                String schema = schemas.next();
                Grammar grammar;
                try {
                    grammar = i % 2 == 0 ? Grammar.ofJsonSchema(schema) : Grammar.ofJsonSchemaCompact(schema);
                } catch (GrammarException e) {
                    refused++;
                    assertThat(e).as(schema).hasMessageMatching("(?s)the JSON schema at #.*(" + NO_VALUE + ").*");
                    continue;
                }
                Schema validator = REGISTRY.getSchema(schema);
                try (SamplerChain chain = SamplerChain.of(model, grammar, Sampler.greedy())) {
                    String text = driver.draw(chain, random, random.nextInt(20), TOKENS);
                    if (text != null) {
                        drawn++;
                        assertThat(validator.validate(text, InputFormat.JSON))
                                .as("schema %d of seed %d: %s from %s by\n%s", i, SEED, text, schema, grammar.gbnf())
                                .isEmpty();
                    }
                }
            }
        }
        System.out.printf(
                "%d schemas of seed %d: %d texts, %d schemas without a value%n", SCHEMAS, SEED, drawn, refused);
        assertThat(drawn).isGreaterThan(SCHEMAS / 2);
    }

    /** What is wrong with the schemas that are refused: what they join leaves nothing. */
    private static final String NO_VALUE =
            "no value of enum|no type is allowed|is required, but no property|less than min|no integer|no number|no"
                    + " text fits|asks for|enum or const with an array or object|the schema false|does not allow|allow no"
                    + " object";
}
