// Grammar samplers (GBNF), with cheap bounds on what would exhaust the stack or memory of llama.cpp's parser.
#include "arguments.h"
#include "llama-grammar.h"  // internal: the parser, whose public face writes its errors to stderr
#include "sampler.h"

#include <regex>

using namespace tokapu;

namespace {

constexpr size_t MAX_BYTES   = 1U << 20U;
constexpr int    MAX_NESTING = 256;
constexpr size_t MAX_RULES   = 4096;

// Brackets outside of literals, character classes and comments.
void check_nesting(const std::string & grammar) {
    int  depth = 0;
    char quote = 0;  // the character that ends the literal, class or comment we are in
    for (size_t i = 0; i < grammar.size(); i++) {
        const char c = grammar[i];
        if (quote != 0) {
            if (c == '\\' && quote != '\n') {
                i++;
            } else if (c == quote) {
                quote = 0;
            }
        } else if (c == '"') {
            quote = '"';
        } else if (c == '[') {
            quote = ']';
        } else if (c == '#') {
            quote = '\n';
        } else if (c == '(' && ++depth > MAX_NESTING) {
            fail(TOKAPU_ERROR_GRAMMAR, "the grammar nests groups more than %d deep", MAX_NESTING);
        } else if (c == ')') {
            depth--;
        }
    }
}

void check_rules(const std::string & grammar) {
    size_t rules = 0;
    for (size_t at = grammar.find("::="); at != std::string::npos; at = grammar.find("::=", at + 3)) {
        rules++;
    }
    if (rules > MAX_RULES) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar has %zu rules; at most %zu are supported", rules, MAX_RULES);
    }
}

const char * skip_blank(const char * c) {
    while (*c == ' ' || *c == '\t' || *c == '\r' || *c == '\n' || *c == '#') {
        if (*c == '#') {
            while (*c != '\0' && *c != '\n') {
                c++;
            }
        } else {
            c++;
        }
    }
    return c;
}

// As llama_grammar_parser::parse(), but an error goes to the caller.
void check_syntax(const Sampler & sampler, const std::string & grammar, const std::string & root) {
    llama_grammar_parser parser(sampler.model->vocab);
    try {
        for (const char * c = skip_blank(grammar.c_str()); *c != '\0';) {
            c = parser.parse_rule(c);
        }
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception & e) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar cannot be parsed: %.300s", e.what());
    }
    for (const auto & [name, id] : parser.symbol_ids) {
        if (id >= parser.rules.size() || parser.rules[id].empty()) {
            fail(TOKAPU_ERROR_GRAMMAR, "the grammar uses the rule '%s' but does not define it", name.c_str());
        }
    }
    if (parser.symbol_ids.count(root) == 0) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar does not define its root rule '%s'", root.c_str());
    }
}

void check_grammar(const Sampler & sampler, const std::string & grammar, const std::string & root) {
    if (grammar.empty()) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar is empty");
    }
    if (grammar.size() > MAX_BYTES) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar has %zu bytes; at most %zu are supported", grammar.size(), MAX_BYTES);
    }
    if (grammar.find('\0') != std::string::npos) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar holds a NUL byte");
    }
    if (grammar.compare(0, 11, "%llguidance") == 0) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "llguidance grammars are not supported; write the grammar in GBNF");
    }
    check_nesting(grammar);
    check_rules(grammar);
    check_syntax(sampler, grammar, root);
}

void check_vocab(const Sampler & sampler) {
    if (llama_vocab_type(sampler.model->vocab) == LLAMA_VOCAB_TYPE_NONE) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "this model has no vocabulary");
    }
}

// What goes wrong in the parser is the grammar's fault: nothing is poisoned.
template <class F> llama_sampler * parsed(F && factory) {
    llama_sampler * sampler = nullptr;
    try {
        sampler = std::forward<F>(factory)();
    } catch (const AbortException & e) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar cannot be used: %s", e.message.c_str());
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception & e) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar cannot be used: %s", e.what());
    }
    if (sampler == nullptr) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar cannot be parsed");
    }
    return sampler;
}

void check_patterns(const std::vector<std::string> & patterns) {
    for (const std::string & pattern : patterns) {
        try {
            const std::regex compiled(pattern);
        } catch (const std::regex_error & e) {
            fail(TOKAPU_ERROR_GRAMMAR, "the trigger pattern '%s' is not a regular expression: %s", pattern.c_str(), e.what());
        }
    }
}

}  // namespace

extern "C" {

int32_t tokapu_sampler_add_grammar(int64_t sampler, const char * grammar, int32_t grammar_length, const char * root,
                                   int32_t root_length) {
    return append(sampler, GRAMMAR, [=](Sampler & object) {
        check_vocab(object);
        const std::string text  = text_in(grammar, grammar_length, "grammar");
        const std::string start = name_in(root, root_length, "root");
        check_grammar(object, text, start);
        llama_sampler * added =
            parsed([&] { return llama_sampler_init_grammar(object.model->vocab, text.c_str(), start.c_str()); });
        object.has_grammar = true;
        return added;
    });
}

int32_t tokapu_sampler_add_grammar_lazy(int64_t sampler, const char * grammar, int32_t grammar_length, const char * root,
                                        int32_t root_length, const char * patterns, int32_t n_patterns,
                                        const int32_t * tokens, int32_t n_tokens) {
    return append(sampler, GRAMMAR, [=](Sampler & object) {
        check_vocab(object);
        const std::string text  = text_in(grammar, grammar_length, "grammar");
        const std::string start = name_in(root, root_length, "root");
        check_grammar(object, text, start);
        const std::vector<std::string> triggers = list_in(patterns, n_patterns, "patterns");
        check_patterns(triggers);
        std::vector<const char *> pointers;
        for (const std::string & trigger : triggers) {
            pointers.push_back(trigger.c_str());
        }
        require_range(n_tokens, 0, object.model->n_vocab, "n_tokens");
        if (n_tokens > 0) {
            require(tokens, "tokens");
        }
        for (int32_t i = 0; i < n_tokens; i++) {
            require_token(*object.model, tokens[i], "a trigger token");
        }
        if (pointers.empty() && n_tokens == 0) {
            fail(TOKAPU_ERROR_ARGUMENT, "a lazy grammar needs a pattern or a token that triggers it");
        }
        llama_sampler * added = parsed([&] {
            return llama_sampler_init_grammar_lazy_patterns(object.model->vocab, text.c_str(), start.c_str(),
                                                            pointers.data(), pointers.size(), tokens,
                                                            static_cast<size_t>(n_tokens));
        });
        object.has_grammar = true;
        return added;
    });
}

}  // extern "C"
