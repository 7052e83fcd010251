// The text of a grammar, before llama.cpp's parser sees it.
#pragma once

#include <cstdint>
#include <string>

namespace tokapu {

// Reads GBNF as llama.cpp's parser does, but builds nothing: fails with TOKAPU_ERROR_GRAMMAR, with line and column, for text that
// is malformed and for text whose rules would be too many or too large. n_vocab: for tokens that are given by their id.
void check_grammar_text(const std::string & text, int32_t n_vocab);

}  // namespace tokapu
