// From the text of a grammar to its checked rules.
#pragma once

#include "grammar/grammar_engine.h"
#include "model/model.h"

#include <memory>
#include <string>

namespace tokapu {

// As llama_grammar_parser::parse(), but an error goes to the caller and not to stderr: fails with TOKAPU_ERROR_GRAMMAR for what is
// malformed, and for what would keep the engine busy for ever.
std::shared_ptr<GrammarSource> parse_grammar(const Model & model, const std::string & text, const std::string & root);

}  // namespace tokapu
