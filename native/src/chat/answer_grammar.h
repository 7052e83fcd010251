// Grammars as text (GBNF) that are put together.
#pragma once

#include <string>

namespace tokapu {

// The rules with a prefix before each name.
std::string rename_rules(const std::string & gbnf, const std::string & prefix);

// What one of two grammars allows.
std::string either(const std::string & one, const std::string & other);

// A grammar with another one in place of a literal (with or without space behind it); empty when the literal is not there.
std::string with_value(const std::string & gbnf, const std::string & literal, const std::string & value);

// A grammar of llama.cpp for tool calls, in which (NAME? space)+ is (NAME space)+: repetitions of what may be empty mislead its
// engine, whose masks then allow tokens that it does not accept. Where calls are not parallel nothing repeats.
std::string with_sound_repetitions(std::string gbnf, bool parallel);

// A grammar of llama.cpp for tool calls with blanks alone in place of the free text that may come before them.
std::string without_text_before_calls(const std::string & gbnf);

}  // namespace tokapu
