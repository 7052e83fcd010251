/* Force-included into llama.cpp's src/llama-vocab.cpp alone: lists that make its tokenizers quadratic, and an assertion that
 * texts fail.
 *
 * - For each special token that it finds, the tokenizer counts how far its piece is from the begin of a singly linked list, and
 *   walks there again to erase it. This list knows the piece before, so that "how far" is a place and going there takes no
 *   steps.
 * - For each byte that is no token of its own, the SPM tokenizer asks its output for exactly that much more room, which copies
 *   all tokens every time. Asking for room is left out: vectors grow by themselves.
 * - Before it looks for a pair of symbols among the merges, the BPE tokenizer asserts that neither holds a blank. The pre-tokenizer
 *   "whitespace" does not encode blanks, so that two of them in a text failed. No merge has a blank, such a pair is not found. */
#pragma once

// All that llama-vocab.cpp includes: what follows changes words that the headers have.
#include "llama-vocab.h"

#include "ggml.h"
#include "gguf.h"
#include "llama-impl.h"
#include "llama-model-loader.h"
#include "unicode.h"

#include <algorithm>
#include <cassert>
#include <cctype>
#include <cfloat>
#include <cmath>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <forward_list>
#include <limits>
#include <list>
#include <map>
#include <queue>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace tokapu_mend {

template <class T> struct fragment_iterator {
    typename std::list<T>::iterator at;
    bool                            before_first = false;

    T & operator*() const { return *at; }

    fragment_iterator & operator++() {
        ++at;
        return *this;
    }

    fragment_iterator operator++(int) {
        const fragment_iterator old = *this;
        ++at;
        return old;
    }

    bool operator==(const fragment_iterator & other) const { return at == other.at; }

    bool operator!=(const fragment_iterator & other) const { return at != other.at; }
};

// A distance from the begin: compared with 0, and less 1 the piece before.
template <class T> struct fragment_distance {
    fragment_iterator<T> from;
    fragment_iterator<T> to;

    bool operator==(int /*zero*/) const { return from == to; }

    fragment_distance operator-(int /*one*/) const { return { from, { std::prev(to.at) } }; }
};

template <class T> class fragment_list {
  public:
    using iterator = fragment_iterator<T>;

    iterator begin() { return { items.begin() }; }

    iterator end() { return { items.end() }; }

    iterator before_begin() { return { items.begin(), true }; }

    template <class... A> void emplace_front(A &&... arguments) { items.emplace_front(std::forward<A>(arguments)...); }

    template <class... A> void emplace_after(const iterator & place, A &&... arguments) {
        items.emplace(std::next(place.at), std::forward<A>(arguments)...);
    }

    void erase_after(const iterator & place) { items.erase(place.before_first ? place.at : std::next(place.at)); }

  private:
    std::list<T> items;
};

constexpr bool is_about_blanks(std::string_view condition) {
    return condition == "token_left.find(' ') == std::string::npos" || condition == "token_right.find(' ') == std::string::npos";
}

}  // namespace tokapu_mend

namespace std {
namespace tokapu_mend = ::tokapu_mend;

template <class T>
::tokapu_mend::fragment_distance<T> distance(::tokapu_mend::fragment_iterator<T> from, ::tokapu_mend::fragment_iterator<T> to) {
    return { from, to };
}

template <class T>
::tokapu_mend::fragment_iterator<T> next(::tokapu_mend::fragment_iterator<T> /*begin*/, ::tokapu_mend::fragment_distance<T> distance) {
    return distance.to;
}
}  // namespace std

#define forward_list tokapu_mend::fragment_list
#define reserve(count) capacity()
#undef GGML_ASSERT
#define GGML_ASSERT(x) \
    if (!tokapu_mend::is_about_blanks(#x) && !(x)) GGML_ABORT("GGML_ASSERT(%s) failed", #x)
