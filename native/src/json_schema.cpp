// JSON Schema to GBNF, by llama.cpp's converter on a schema that it gets right.
#include "json-schema-to-grammar.h"

#include "arguments.h"
#include "kept_text.h"
#include "large_stack.h"
#include "schema_narrow.h"
#include "utf8_check.h"

using namespace tokapu;

namespace {

constexpr size_t MAX_BYTES = 1U << 20U;  // of the schema, and of the grammar
constexpr int    MAX_DEPTH = 64;

void check_text(const std::string & schema) {
    if (schema.empty()) {
        fail(TOKAPU_ERROR_GRAMMAR, "the JSON schema is empty");
    }
    if (schema.size() > MAX_BYTES) {
        fail(TOKAPU_ERROR_GRAMMAR, "the JSON schema has %zu bytes; at most %zu are supported", schema.size(), MAX_BYTES);
    }
    const size_t bad = find_invalid_utf8(schema);
    if (bad < schema.size()) {
        fail(TOKAPU_ERROR_GRAMMAR, "the JSON schema is not UTF-8: byte %zu", bad);
    }
    int  depth     = 0;
    bool in_string = false;
    for (size_t i = 0; i < schema.size(); i++) {
        const char c = schema[i];
        if (in_string) {
            i += c == '\\' ? 1 : 0;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if ((c == '{' || c == '[') && ++depth > MAX_DEPTH) {
            fail(TOKAPU_ERROR_GRAMMAR, "the JSON schema nests more than %d deep", MAX_DEPTH);
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
}

// The converter lets \u escapes make halves of surrogate pairs, which are no text.
void forbid_surrogates(std::string & grammar) {
    static const std::string loose = "\"u\" [0-9a-fA-F]{4})\n";
    static const std::string strict =
        "\"u\" ([0-9a-cefA-CEF] [0-9a-fA-F]{3} | [dD] [0-7] [0-9a-fA-F]{2}))\n";
    const size_t rule = grammar.find("\nchar ::= ") != std::string::npos ? grammar.find("\nchar ::= ") + 1 : 0;
    const size_t at   = grammar.find(loose, rule);
    if (grammar.compare(rule, 9, "char ::= ") == 0 && at != std::string::npos && at < grammar.find('\n', rule)) {
        grammar.replace(at, loose.size(), strict);
    }
}

std::string convert(const std::string & text) {
    std::string grammar;
    try {
        grammar = json_schema_to_grammar(narrow_schema(common_json::parse(text)), true);
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception & e) {
        fail(TOKAPU_ERROR_GRAMMAR, "the JSON schema cannot be made a grammar: %.500s", e.what());
    }
    forbid_surrogates(grammar);
    if (grammar.size() > MAX_BYTES) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar of this JSON schema would have %zu bytes; at most %zu are supported",
             grammar.size(), MAX_BYTES);
    }
    return grammar;
}

}  // namespace

extern "C" int32_t tokapu_json_schema_to_grammar(const char * schema, int32_t schema_length, char * buf, int32_t capacity,
                                                 int32_t * length) {
    return guarded([&] {
        require(length, "length");
        require_buffer(buf, capacity, "buf");
        const std::string text = text_in(schema, schema_length, "schema");
        check_text(text);
        std::string grammar;
        on_large_stack([&] { grammar = convert(text); });
        return text_out_or_keep(std::move(grammar), buf, capacity, length);
    });
}
