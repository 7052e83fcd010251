// The tokens of characters: a text is read in windows that hold no whole marker and overlap inside each; where both readings
// of an overlap have a border of tokens, one goes over into the other.
#include "vocab/markers.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>

namespace tokapu {

namespace {

using Tokens = std::vector<llama_token>;

Tokens raw(const llama_vocab * vocab, const std::string & text, bool add_special) {
    Tokens tokens(text.size() + 4);
    for (int attempt = 0; attempt < 2; attempt++) {
        const int32_t n = llama_tokenize(vocab, text.data(), static_cast<int32_t>(text.size()), tokens.data(),
                                         static_cast<int32_t>(tokens.size()), add_special, false);
        if (n == INT32_MIN) {
            break;
        }
        tokens.resize(static_cast<size_t>(std::abs(n)));
        if (n >= 0) {
            return tokens;
        }
    }
    throw std::runtime_error("the number of its tokens is not stable");
}

size_t bytes_of(const llama_vocab * vocab, llama_token token) {
    char          piece[256];
    const int32_t n = llama_token_to_piece(vocab, token, piece, sizeof(piece), 0, true);
    return static_cast<size_t>(std::abs(n));
}

// A part of the text and its tokens, and at which byte of the text each of them ends.
struct Window {
    size_t              from;
    size_t              to;
    Tokens              tokens;
    std::vector<size_t> ends;
    bool                blank;  // SentencePiece put a blank in front
    bool                known;  // whether the pieces add up to the text
};

size_t bytes_of(const llama_vocab * vocab, const Tokens & tokens) {
    size_t sum = 0;
    for (const llama_token token : tokens) {
        sum += bytes_of(vocab, token);
    }
    return sum;
}

size_t next_character(const std::string & text, size_t at) {
    at++;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) {
        at++;
    }
    return at;
}

size_t last_character(const std::string & text, size_t end) {
    end--;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        end--;
    }
    return end;
}

// Tokens of a part of the text that goes on where another one ends.
Tokens going_on(const llama_vocab * vocab, const std::string & text, size_t from, size_t to) {
    const std::string part   = text.substr(from, to - from);
    Tokens            tokens = raw(vocab, part, false);
    if (llama_vocab_type(vocab) != LLAMA_VOCAB_TYPE_UGM && bytes_of(vocab, tokens) != part.size() + 1) {
        return tokens;
    }
    // SentencePiece puts a blank in front; behind a line end, or behind what does stand there, it does not.
    const size_t before = last_character(text, from);
    for (const std::string & front : { std::string("\n"), text.substr(before, from - before) }) {
        const Tokens lead  = raw(vocab, front, false);
        const Tokens whole = raw(vocab, front + part, false);
        if (!lead.empty() && whole.size() >= lead.size() && std::equal(lead.begin(), lead.end(), whole.begin())) {
            return Tokens(whole.begin() + static_cast<std::ptrdiff_t>(lead.size()), whole.end());
        }
    }
    return tokens;
}

Window window(const llama_vocab * vocab, const std::string & text, size_t from, size_t to) {
    const std::string part = text.substr(from, to - from);
    Window            result{ from, to, from == 0 ? raw(vocab, part, false) : going_on(vocab, text, from, to), {}, false, false };
    const size_t      sum = bytes_of(vocab, result.tokens);
    result.blank          = sum == part.size() + 1;
    result.known          = result.blank || sum == part.size();
    size_t end            = result.blank ? from - 1 : from;
    for (const llama_token token : result.tokens) {
        end += bytes_of(vocab, token);
        result.ends.push_back(end);
    }
    return result;
}

// How many tokens of a window lie before a byte; -1 when one lies across it.
int before(const Window & window, size_t at) {
    if (at == window.from) {
        return window.blank ? -1 : 0;
    }
    for (size_t i = 0; i < window.ends.size(); i++) {
        if (window.ends[i] >= at) {
            return window.ends[i] == at ? static_cast<int>(i) + 1 : -1;
        }
    }
    return -1;
}

// The common border that is farthest from both ends of the overlap; SIZE_MAX if there is none.
size_t common_border(const Window & left, const Window & right, size_t after) {
    size_t best     = SIZE_MAX;
    size_t distance = 0;
    for (size_t at = right.from; left.known && right.known && at <= left.to; at++) {
        if (at < after || before(left, at) < 0 || before(right, at) < 0) {
            continue;
        }
        const size_t here = std::min(at - right.from, left.to - at);
        if (best == SIZE_MAX || here > distance) {
            best     = at;
            distance = here;
        }
    }
    return best;
}

// Where windows end and the next ones begin, so that no window holds a whole marker.
std::vector<std::pair<size_t, size_t>> windows(const std::string & text, const std::vector<Markers::Place> & places) {
    std::vector<std::pair<size_t, size_t>> result;
    size_t                                 from = 0;
    for (size_t i = 0; i < places.size();) {
        size_t first = i;  // among the places that begin in the window, the one that ends first
        for (size_t j = i; j < places.size() && places[j].from < places[first].to; j++) {
            first = places[j].to < places[first].to ? j : first;
        }
        result.emplace_back(from, last_character(text, places[first].to));
        from = next_character(text, places[first].from);
        while (i < places.size() && places[i].from < from) {
            i++;
        }
    }
    result.emplace_back(from, text.size());
    return result;
}

void append(Tokens & to, const Window & window, size_t from, size_t end) {
    const int first = from == window.from ? 0 : before(window, from);
    const int last  = end == window.to ? static_cast<int>(window.tokens.size()) : before(window, end);
    to.insert(to.end(), window.tokens.begin() + first, window.tokens.begin() + last);
}

}  // namespace

Tokens tokens_of_characters(const llama_vocab * vocab, const std::string & text, const std::vector<Markers::Place> & places,
                            bool add_special) {
    Tokens result;
    Tokens frame = add_special ? raw(vocab, "", true) : Tokens();
    size_t begin = !frame.empty() && llama_vocab_get_add_bos(vocab) ? 1 : 0;
    result.insert(result.end(), frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(begin));
    const auto parts = windows(text, places);
    Window     left  = window(vocab, text, parts[0].first, parts[0].second);
    size_t     from  = left.from;
    for (size_t i = 1; i < parts.size(); i++) {
        Window right  = window(vocab, text, parts[i].first, parts[i].second);
        size_t border = common_border(left, right, from);
        if (border == SIZE_MAX) {
            // A cut that both sides have to take.
            border = std::max(from, right.from);
            left   = window(vocab, text, from, border);
            right  = window(vocab, text, border, right.to);
        }
        append(result, left, from, border);
        left = std::move(right);
        from = border;
    }
    append(result, left, from, left.to);
    result.insert(result.end(), frame.begin() + static_cast<std::ptrdiff_t>(begin), frame.end());
    return result;
}

}  // namespace tokapu
