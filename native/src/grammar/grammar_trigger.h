// What starts a lazy grammar: patterns in the output, looked for in bounded time.
#pragma once

#include <regex>
#include <string>
#include <vector>

namespace tokapu {

// A regular expression (ECMAScript, without back references) as llama.cpp understands it in a lazy grammar. Matching takes time
// in proportion to the text, and a stack in proportion to the pattern.
class TriggerPattern {
  public:
    // Fails with TOKAPU_ERROR_GRAMMAR.
    explicit TriggerPattern(const std::string & pattern);

    // Where the constrained text starts: the first group of the leftmost match that is not empty, else the match; npos without a
    // match. from_start: the text is not cut off at its beginning.
    size_t find(const std::string & text, bool from_start) const;

  private:
    std::regex regex;
};

}  // namespace tokapu
