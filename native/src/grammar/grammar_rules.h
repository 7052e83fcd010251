// The rules of a grammar, before llama.cpp's engine works with them.
#pragma once

#include "llama-grammar.h"

namespace tokapu {

// Fails with TOKAPU_ERROR_GRAMMAR for rules with which the engine would not end: rules that begin with themselves, repetitions of
// what may be empty, and rules with too many beginnings.
void check_grammar_rules(const llama_grammar_parser & parser);

}  // namespace tokapu
