// Grammar samplers (GBNF).
#include "core/arguments.h"
#include "grammar/grammar_engine.h"
#include "grammar/grammar_rules.h"
#include "grammar/grammar_text.h"
#include "sampling/sampler.h"

using namespace tokapu;

namespace {

constexpr int32_t MAX_PATTERNS = 20;  // each is looked for after each token

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

// As llama_grammar_parser::parse(), but an error goes to the caller and not to stderr.
std::shared_ptr<GrammarSource> parse(const Sampler & sampler, const std::string & text, const std::string & root) {
    check_grammar_text(text, sampler.model->n_vocab);
    llama_grammar_parser parser(sampler.model->vocab);
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

}  // namespace

extern "C" {

int32_t tokapu_sampler_add_grammar(int64_t sampler, const char * grammar, int32_t grammar_length, const char * root,
                                   int32_t root_length) {
    return append(sampler, GRAMMAR, [=](Sampler & object) {
        require_vocab(*object.model);
        const std::string text  = text_in(grammar, grammar_length, "grammar");
        const std::string start = name_in(root, root_length, "root");
        llama_sampler *   added = new_grammar_sampler(object.model->vocab, parse(object, text, start));
        object.has_grammar      = true;
        return added;
    });
}

int32_t tokapu_sampler_add_grammar_lazy(int64_t sampler, const char * grammar, int32_t grammar_length, const char * root,
                                        int32_t root_length, const char * patterns, int32_t n_patterns,
                                        const int32_t * tokens, int32_t n_tokens) {
    return append(sampler, LAZY_GRAMMAR, [=](Sampler & object) {
        require_vocab(*object.model);
        const std::string text   = text_in(grammar, grammar_length, "grammar");
        const std::string start  = name_in(root, root_length, "root");
        const auto        source = parse(object, text, start);
        require_range(n_patterns, 0, MAX_PATTERNS, "n_patterns");
        for (const std::string & pattern : list_in(patterns, n_patterns, "patterns")) {
            source->patterns.emplace_back(pattern);
        }
        require_range(n_tokens, 0, object.model->n_vocab, "n_tokens");
        if (n_tokens > 0) {
            require(tokens, "tokens");
        }
        for (int32_t i = 0; i < n_tokens; i++) {
            require_token(*object.model, tokens[i], "a trigger token");
            source->tokens.push_back(tokens[i]);
        }
        if (n_patterns == 0 && n_tokens == 0) {
            fail(TOKAPU_ERROR_ARGUMENT, "a lazy grammar needs a pattern or a token that triggers it");
        }
        source->lazy          = true;
        llama_sampler * added = new_grammar_sampler(object.model->vocab, source);
        object.has_grammar    = true;
        return added;
    });
}

}  // extern "C"
