// Markers of a vocabulary: the texts that llama.cpp reads as one token with a meaning of its own, such as <|im_end|>.
// Beside them it reads other USER_DEFINED tokens before everything else, which are ordinary text such as runs of blanks.
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
        bool             ordinary;  // USER_DEFINED, and no marker
        bool             doubled;   // another token has the same text
    };

    struct Place {
        size_t from;
        size_t to;
    };

    explicit Markers(const llama_model * model);

    // The longest marker that begins at a byte of the text and ends at `end` or before; null if none does.
    const Marker * longest_at(std::string_view text, size_t at, size_t end) const;

    // All places of USER_DEFINED markers: llama.cpp reads them as tokens whether it is to parse special tokens or not.
    std::vector<Place> always_parsed_in(std::string_view text) const;

    // Behind a marker, the byte of the text where a tokenizer that parses markers could as well begin anew: the tokens of both parts
    // are those of the whole. npos where that is not certain.
    size_t cut_behind(std::string_view text, const Marker & marker, size_t at) const;

  private:
    struct Node {
        std::map<char, size_t> next;
        Marker *               end = nullptr;
    };

    void add(Marker & marker);

    // Whether a marker, or ordinary text that is one token, begins in a part of the text and ends behind a byte.
    bool any_across(std::string_view text, size_t from, size_t to, size_t byte) const;

    // Calls the body with the markers that begin at a byte of the text and end at `end` or before, the shortest first, until it
    // answers false.
    template <class F> void each_at(std::string_view text, size_t at, size_t end, F && body) const;

    std::vector<Marker> markers;
    std::vector<Node>   nodes{ 1 };
    std::bitset<256>    begins;       // bytes that a marker begins with
    size_t              longest = 0;  // bytes
    bool                cuttable;     // whether the tokenizer keeps nothing in mind behind a marker
};

// Whether a USER_DEFINED token with this text is a marker and not ordinary text such as a run of blanks, a letter or an HTML tag.
// `html`: the vocabulary has a token for <table>; `source`: the model's chat template.
bool is_marker_text(const std::string & text, bool html, const std::string & source);

// The tokens of a text's characters: none of them is a marker, whatever the text says. `places`: of always_parsed_in(), at least
// one.
std::vector<llama_token> tokens_of_characters(const llama_vocab * vocab, const std::string & text,
                                              const std::vector<Markers::Place> & places, bool add_special);

}  // namespace tokapu
