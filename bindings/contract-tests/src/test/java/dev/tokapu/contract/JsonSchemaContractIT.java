package dev.tokapu.contract;

import static dev.tokapu.spi.NativeConstants.ERROR_BUFFER;
import static dev.tokapu.spi.NativeConstants.ERROR_GRAMMAR;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonSchemaContractIT extends Contract {

    private static final String SCHEMA = "{\"enum\":[\"h\u00e9llo \ud83d\ude00\"]}";

    private String grammar(String schema) {
        return text((buf, length) -> api.jsonSchemaToGrammar(utf8(schema), buf, length));
    }

    @Test
    void jsonSchemaToGrammar_schema_isAGrammar() {
        assertThat(grammar(SCHEMA)).contains("root ::= (\"\\\"h\u00e9llo \ud83d\ude00\\\"\")");
    }

    @Test
    void jsonSchemaToGrammar_bufferTooSmall_keepsTheTextOnce() {
        String expected = grammar(SCHEMA);
        int[] length = new int[1];
        refused(ERROR_BUFFER, api.jsonSchemaToGrammar(utf8(SCHEMA), new byte[5], length));
        byte[] buf = new byte[length[0]];
        ok(api.keptText(buf, length));
        assertThat(string(buf, length[0])).isEqualTo(expected);
        ok(api.keptText(buf, length));
        assertThat(length[0]).isZero();
    }

    @Test
    void jsonSchemaToGrammar_badSchema_isAnErrorThatTellsWhy() {
        refused(
                ERROR_GRAMMAR,
                api.jsonSchemaToGrammar(utf8("{\"$ref\":\"http://example.com/x\"}"), new byte[100], new int[1]),
                "http://example.com/x",
                "leads out of this schema");
        refused(ERROR_GRAMMAR, api.jsonSchemaToGrammar(new byte[0], new byte[100], new int[1]), "empty");
    }
}
