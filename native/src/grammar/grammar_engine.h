// Grammars at work: a sampler over llama.cpp's engine that hostile grammars cannot keep busy for ever.
#pragma once

#include "grammar/grammar_trigger.h"
#include "llama-grammar.h"

#include <memory>

namespace tokapu {

struct GrammarSource {
    llama_grammar_rules         rules;  // checked
    size_t                      root = 0;
    bool                        lazy = false;
    std::vector<TriggerPattern> patterns;
    std::vector<llama_token>    tokens;
};

// A sampler that does what llama_sampler_init_grammar() and llama_sampler_init_grammar_lazy_patterns() do. Applying and accepting
// fail with TOKAPU_ERROR_GRAMMAR when the grammar has become too ambiguous to go on; nothing has changed then. A lazy grammar's
// patterns see the last part of the output only; ^ is its true beginning.
llama_sampler * new_grammar_sampler(const llama_vocab * vocab, std::shared_ptr<const GrammarSource> source);

}  // namespace tokapu
