// Grammar samplers (GBNF).
#include "core/arguments.h"
#include "grammar/grammar_engine.h"
#include "grammar/grammar_parse.h"
#include "sampling/sampler.h"

using namespace tokapu;

namespace {

constexpr int32_t MAX_PATTERNS = 20;  // each is looked for after each token

}  // namespace

extern "C" {

int32_t tokapu_sampler_add_grammar(int64_t sampler, const char * grammar, int32_t grammar_length, const char * root,
                                   int32_t root_length) {
    return append(sampler, GRAMMAR, [=](Sampler & object) {
        require_vocab(*object.model);
        const std::string text  = text_in(grammar, grammar_length, "grammar");
        const std::string start = name_in(root, root_length, "root");
        llama_sampler *   added = new_grammar_sampler(object.model->vocab, parse_grammar(*object.model, text, start));
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
        const auto        source = parse_grammar(*object.model, text, start);
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
