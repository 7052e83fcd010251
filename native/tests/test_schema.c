/* JSON Schema to grammar: what is translated, what is refused. */
#include "support.h"

static char    grammar[1 << 20];
static int32_t length;

static int32_t convert(const char * schema) {
    const int32_t status =
        tokapu_json_schema_to_grammar(schema, (int32_t) strlen(schema), grammar, sizeof(grammar) - 1, &length);
    grammar[status == TOKAPU_OK ? length : 0] = '\0';
    return status;
}

#define HAS(schema, rule) (OK(convert(schema)), CHECK(strstr(grammar, rule) != NULL))

static void test_translation(void) {
    HAS("{\"type\":\"boolean\"}", "root ::= (\"true\" | \"false\")\n");
    HAS("{\"enum\":[\"a\\\"b\",1]}", "root ::= (\"\\\"a\\\\\\\"b\\\"\" | \"1\")\n");
    HAS("{\"type\":\"integer\",\"minimum\":100}", "([1-8] [0-9]{2} | ");
    HAS("{\"type\":\"integer\",\"minimum\":0,\"maximum\":9223372036854775807}", "root ::= ([0] | [1-9] [0-9]{0,15})\n");
    HAS("{\"type\":\"integer\",\"exclusiveMinimum\":0.5,\"maximum\":9}", "root ::= ([1-9])\n");
    HAS("{\"type\":\"string\",\"maxLength\":3}", "root ::= \"\\\"\" char{0,3} \"\\\"\"\n");
    HAS("{\"type\":\"string\",\"maxLength\":1000000}", "root ::= \"\\\"\" char* \"\\\"\"\n");
    HAS("{\"type\":\"string\",\"pattern\":\"^[A-Z]{2}-[0-9]+$\"}", "[A-Z]");
    HAS("{\"type\":\"string\",\"pattern\":\"^a|b$\"}", "root ::= \"\\\"\" char* \"\\\"\"\n"); /* not sound there */
    HAS("{\"type\":\"string\"}", "[dD] [0-7]");                                                /* no surrogates */
    HAS("{\"allOf\":[{\"properties\":{\"a\":{}},\"required\":[\"a\"]},{\"properties\":{\"b\":{}}}]}", "a-kv");
    HAS("{\"properties\":{\"next\":{\"$ref\":\"#\"}}}", "ref-tokapu-ref-0 ::=");
    HAS("true", "root ::= value\n");
}

static void test_kept_text(void) {
    const char schema[] = "{\"type\":\"null\"}";
    int32_t    needed   = 0;
    OK(convert(schema));
    EXPECT(TOKAPU_ERROR_BUFFER,
           tokapu_json_schema_to_grammar(schema, (int32_t) strlen(schema), NULL, 0, &needed));
    CHECK(needed == length);
    char kept[1000];
    OK(tokapu_kept_text(kept, sizeof(kept), &needed));
    CHECK(needed == length && memcmp(kept, grammar, (size_t) length) == 0);
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_json_schema_to_grammar(schema, -1, kept, 1000, &needed));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_json_schema_to_grammar(NULL, 5, kept, 1000, &needed));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_json_schema_to_grammar(schema, 5, kept, 1000, NULL));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_json_schema_to_grammar(schema, 5, NULL, 1000, &needed));
}

static void test_refusals(void) {
    static const struct {
        const char * schema;
        const char * words;
    } bad[] = {
        { "", "empty" },
        { "nonsense", "cannot be made a grammar" },
        { "5", "must be an object or a boolean" },
        { "false", "allows no value" },
        { "{\"type\":\"strnig\"}", "unknown type 'strnig'" },
        { "{\"type\":[]}", "must not be empty" },
        { "{\"type\":5}", "must be a string or an array" },
        { "{\"$ref\":\"http://x.example/s\"}", "leads out of this schema" },
        { "{\"$ref\":\"#/$defs/none\"}", "leads nowhere" },
        { "{\"$ref\":\"#\"}", "leads back to itself" },
        { "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"anyOf\":[{\"$ref\":\"#/$defs/b\"}]},\"b\":{\"$ref\":\"#/$defs/a\"}}}",
          "leads back to itself" },
        { "{\"allOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"}]}", "allOf" },
        { "{\"allOf\":[{\"type\":\"string\"},{\"type\":\"object\"}]}", "plain object schemas" },
        { "{\"type\":\"integer\",\"minimum\":5,\"maximum\":4}", "no integer" },
        { "{\"type\":\"integer\",\"minimum\":1e300}", "no integer" },
        { "{\"type\":\"integer\",\"minimum\":\"1\"}", "must be a number" },
        { "{\"type\":\"string\",\"minLength\":-1}", "whole number" },
        { "{\"type\":\"string\",\"minLength\":100000000000000000000}", "more than 2000" },
        { "{\"type\":\"array\",\"minItems\":3,\"maxItems\":2}", "less than minItems" },
        { "{\"required\":[\"a\"],\"additionalProperties\":false}", "'a' is required" },
        { "{\"properties\":[]}", "properties must be an object" },
        { "\xff", "not UTF-8" },
        { "{\"const\":\"\\ud800\"}", "cannot be made a grammar" },
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, convert(bad[i].schema), bad[i].words);
    }
}

/* A schema of about n bytes: before, then n times middle, then after. */
static int32_t convert_repeated(const char * before, const char * middle, int n, const char * after) {
    char *       schema = malloc(strlen(before) + (strlen(middle) + 10) * (size_t) n + strlen(after) + 1);
    char *       end    = schema + sprintf(schema, "%s", before);
    const char * number = strstr(middle, "%d");
    for (int i = 0; i < n; i++) {
        end += number == NULL ? sprintf(end, "%s", middle)
                              : sprintf(end, "%.*s%d%s", (int) (number - middle), middle, i, number + 2);
    }
    sprintf(end, "%s", after);
    const int32_t status = convert(schema);
    free(schema);
    return status;
}

static void test_sizes(void) {
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, convert_repeated("", "{\"items\":", 100000, ""), "nests more than 64");
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, convert_repeated("{\"properties\":{\"", "k", 600, "\":{}}}"), "longer than 512");
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, convert_repeated("{\"properties\":{", "\"%d\":{},", 300, "\"z\":{}}}"), "optional");
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, convert_repeated("{\"properties\":{", "\"%d\":{},", 1000, "\"z\":{}}}"),
                 "more than 1000 properties");
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, convert_repeated("{\"anyOf\":[", "{\"type\":\"null\"},", 20000, "{}]}"), "too large");
    EXPECT_ERROR(TOKAPU_ERROR_GRAMMAR, convert_repeated("{\"const\":\"", "x", 1 << 20, "\"}"), "at most 1048576");
    OK(convert_repeated("{\"properties\":{", "\"%d\":{},", 255, "\"z\":{}}}"));
    OK(convert_repeated("{\"enum\":[", "\"%d\",", 1000, "0]}"));
    OK(convert_repeated("{\"required\":[", "\"\xc3\xa4\xc3\xa4%d\xc3\xa4\",", 900, "\"z\"]}")); /* names that look alike */
    /* A chain of references, as deep as the number of definitions. */
    OK(convert_repeated("{\"$ref\":\"#/d/900\",\"d\":[{},", "{\"items\":{\"$ref\":\"#/d/%d\"}},", 900, "{}]}"));
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    test_translation();
    test_kept_text();
    test_refusals();
    test_sizes();
    return 0;
}
