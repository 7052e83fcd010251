// Markers of a vocabulary: the texts that llama.cpp reads as one token with a meaning of its own, such as <|im_end|>.
#pragma once

#include "llama.h"

#include <bitset>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tokapu {

class Markers {
  public:
    struct Marker {
        std::string      text;
        llama_token      token;
        llama_token_attr attributes;
    };

    struct Place {
        size_t from;
        size_t to;
    };

    // CONTROL and UNKNOWN tokens, and the USER_DEFINED ones that are no ordinary text.
    explicit Markers(const llama_model * model);

    // The longest marker that begins at a byte of the text and ends at `end` or before; null if none does.
    const Marker * longest_at(std::string_view text, size_t at, size_t end) const;

    // All places of USER_DEFINED markers: llama.cpp reads them as tokens whether it is to parse special tokens or not.
    std::vector<Place> always_parsed_in(std::string_view text) const;

  private:
    struct Node {
        std::map<char, size_t> next;
        const Marker *         end = nullptr;
    };

    void add(const Marker & marker);

    // Calls the body with the markers that begin at a byte of the text and end at `end` or before, the shortest first, until it
    // answers false.
    template <class F> void each_at(std::string_view text, size_t at, size_t end, F && body) const;

    std::vector<Marker> markers;
    std::vector<Node>   nodes{ 1 };
    std::bitset<256>    begins;  // bytes that a marker begins with
};

// Whether a USER_DEFINED token with this text is a marker and not ordinary text such as a run of blanks, a letter or an HTML tag.
// `html`: the vocabulary has a token for <table>; `source`: the model's chat template.
bool is_marker_text(const std::string & text, bool html, const std::string & source);

// The tokens of a text's characters: none of them is a marker, whatever the text says. `places`: of always_parsed_in(), at least
// one.
std::vector<llama_token> tokens_of_characters(const llama_vocab * vocab, const std::string & text,
                                              const std::vector<Markers::Place> & places, bool add_special);

}  // namespace tokapu
