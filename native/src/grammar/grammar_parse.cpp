#include "grammar/grammar_parse.h"

#include "core/guard.h"
#include "grammar/grammar_rules.h"
#include "grammar/grammar_text.h"

namespace tokapu {

namespace {

const char * skip_blank(const char * c) {
    while (*c == ' ' || *c == '\t' || *c == '\r' || *c == '\n' || *c == '#') {
        if (*c == '#') {
            while (*c != '\0' && *c != '\n' && *c != '\r') {
                c++;
            }
        } else {
            c++;
        }
    }
    return c;
}

}  // namespace

std::shared_ptr<GrammarSource> parse_grammar(const Model & model, const std::string & text, const std::string & root) {
    check_grammar_text(text, model.n_vocab);
    llama_grammar_parser parser(model.vocab);
    try {
        for (const char * c = skip_blank(text.c_str()); *c != '\0';) {
            c = parser.parse_rule(c);
        }
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception & e) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar cannot be parsed: %.300s", e.what());
    }
    for (const auto & [name, id] : parser.symbol_ids) {
        if (id >= parser.rules.size() || parser.rules[id].empty()) {
            fail(TOKAPU_ERROR_GRAMMAR, "the grammar uses the rule '%.200s' but does not define it", name.c_str());
        }
    }
    const auto start = parser.symbol_ids.find(root);
    if (start == parser.symbol_ids.end()) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar does not define its root rule '%.200s'", root.c_str());
    }
    check_grammar_rules(parser);
    auto source   = std::make_shared<GrammarSource>();
    source->root  = start->second;
    source->rules = std::move(parser.rules);
    return source;
}

}  // namespace tokapu
