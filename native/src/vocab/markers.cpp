// Which USER_DEFINED tokens are markers.
#include "vocab/markers.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace tokapu {

namespace {

constexpr size_t SHORTEST = 3;
constexpr size_t LONGEST  = 256;  // of texts that cuts are looked for among

// Tokenizers of other kinds add tokens at the end, or were not looked into; "hybriddna" reads its own tags.
bool begins_anew_behind_markers(const llama_model * model) {
    const auto        type     = llama_vocab_type(llama_model_get_vocab(model));
    char              name[16] = "";
    const int32_t     length   = llama_model_meta_val_str(model, "tokenizer.ggml.model", name, sizeof(name));
    return (type == LLAMA_VOCAB_TYPE_SPM || type == LLAMA_VOCAB_TYPE_BPE) && length > 0 && std::string(name) != "hybriddna";
}

const std::set<std::string> & html_names() {
    static const std::set<std::string> names = {
        "a",    "abbr",  "b",     "blockquote", "body", "br", "caption", "code", "col", "dd",   "del",  "div",   "dl",
        "dt",   "em",    "h1",    "h2",         "h3",   "h4", "h5",      "h6",   "head", "hr",  "html", "i",     "img",
        "ins",  "kbd",   "li",    "mark",       "ol",   "p",  "pre",     "q",    "samp", "small", "span", "strong",
        "sub",  "sup",   "table", "tbody",      "td",   "tfoot", "th",   "thead", "tr",  "u",    "ul",   "var",
    };
    return names;
}

bool is_html(const std::string & text, bool html) {
    if (text.front() != '<' || text.back() != '>') {
        return false;
    }
    size_t from = 1;
    size_t to   = text.size() - 1;
    from += text[from] == '/' ? 1 : 0;
    to -= to > from && text[to - 1] == '/' ? 1 : 0;
    const std::string name = text.substr(from, to - from);
    // <s> is struck text beside <table>, and the beginning of a text in other vocabularies.
    return html_names().count(name) > 0 || (html && name == "s");
}

bool begins_with_any(const std::string & text, const std::vector<std::string> & brackets) {
    return std::any_of(brackets.begin(), brackets.end(), [&](const std::string & s) { return text.compare(0, s.size(), s) == 0; });
}

bool ends_with_any(const std::string & text, const std::vector<std::string> & brackets) {
    return std::any_of(brackets.begin(), brackets.end(), [&](const std::string & s) {
        return text.size() >= s.size() && text.compare(text.size() - s.size(), s.size(), s) == 0;
    });
}

// Something that names something, in brackets of any kind: <|x|>, <x>, </x>, [X], {x}, ]<]x[>[, >>X<<, |||X|||.
bool is_bracketed(const std::string & text) {
    static const std::vector<std::string> brackets = { "<", ">", "[", "]", "{", "}", "|", "\xef\xbd\x9c", "\xc2\xab",
                                                       "\xc2\xbb", "\xe2\x9f\xa8", "\xe2\x9f\xa9", "\xe3\x80\x90", "\xe3\x80\x91" };
    if (!begins_with_any(text, brackets) || !ends_with_any(text, brackets)) {
        return false;
    }
    const std::string inner = text.substr(1, text.size() - 2);
    return inner.find('|') != std::string::npos || std::any_of(inner.begin(), inner.end(), [](char c) {
               return static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c)) != 0;
           });
}

bool is_blank(char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

bool is_punctuation(char c) {
    return static_cast<unsigned char>(c) < 0x80 && std::ispunct(static_cast<unsigned char>(c)) != 0;
}

// Without the blanks at both ends, in the writing of SentencePiece too.
std::string stripped(std::string text) {
    static const std::vector<std::string> blanks = { " ", "\n", "\t", "\r", "\v", "\f", "\xe2\x96\x81" };
    bool changed = true;
    while (changed) {
        changed = false;
        for (const std::string & blank : blanks) {
            if (begins_with_any(text, { blank })) {
                text.erase(0, blank.size());
                changed = true;
            }
            if (ends_with_any(text, { blank })) {
                text.erase(text.size() - blank.size());
                changed = true;
            }
        }
    }
    return text;
}

}  // namespace

bool is_marker_text(const std::string & text, bool html, const std::string & source) {
    const std::string word = stripped(text);
    if (word.size() < SHORTEST || is_html(word, html)) {
        return false;
    }
    return is_bracketed(word) ||
           (std::any_of(word.begin(), word.end(), is_punctuation) && source.find(word) != std::string::npos);
}

Markers::Markers(const llama_model * model) : cuttable(begins_anew_behind_markers(model)) {
    const llama_vocab * vocab  = llama_model_get_vocab(model);
    const char *        jinja  = llama_model_chat_template(model, nullptr);
    const std::string   source = jinja == nullptr ? "" : jinja;
    const int32_t       n      = llama_vocab_n_tokens(vocab);
    bool                html   = false;
    for (llama_token token = 0; token < n && !html; token++) {
        html = (llama_vocab_get_attr(vocab, token) & LLAMA_TOKEN_ATTR_USER_DEFINED) != 0 &&
               std::string(llama_vocab_get_text(vocab, token)) == "<table>";
    }
    for (llama_token token = 0; token < n; token++) {
        const llama_token_attr attributes = llama_vocab_get_attr(vocab, token);
        const std::string      text       = llama_vocab_get_text(vocab, token);
        const bool             special    = (attributes & (LLAMA_TOKEN_ATTR_CONTROL | LLAMA_TOKEN_ATTR_UNKNOWN)) != 0;
        const bool             defined    = (attributes & LLAMA_TOKEN_ATTR_USER_DEFINED) != 0;
        if (!text.empty() && (special || defined)) {
            const bool ordinary = !special && !is_marker_text(text, html, source);
            markers.push_back({ text, token, attributes, ordinary, false });
        }
    }
    for (Marker & marker : markers) {
        add(marker);
    }
}

void Markers::add(Marker & marker) {
    size_t node = 0;
    for (const char c : marker.text) {
        const auto found = nodes[node].next.find(c);
        if (found == nodes[node].next.end()) {
            nodes[node].next[c] = nodes.size();
            node                = nodes.size();
            nodes.emplace_back();
        } else {
            node = found->second;
        }
    }
    Marker * const other = nodes[node].end;
    marker.doubled       = other != nullptr;
    if (other != nullptr) {
        other->doubled = true;
    }
    if (other == nullptr || !marker.ordinary) {
        nodes[node].end = &marker;
    }
    begins.set(static_cast<unsigned char>(marker.text.front()));
    longest = std::max(longest, marker.text.size());
}

template <class F> void Markers::each_at(std::string_view text, size_t at, size_t end, F && body) const {
    if (at == end || !begins.test(static_cast<unsigned char>(text[at]))) {
        return;
    }
    size_t node = 0;
    for (size_t i = at; i < end; i++) {
        const auto found = nodes[node].next.find(text[i]);
        if (found == nodes[node].next.end()) {
            return;
        }
        node = found->second;
        if (nodes[node].end != nullptr && !body(*nodes[node].end)) {
            return;
        }
    }
}

const Markers::Marker * Markers::longest_at(std::string_view text, size_t at, size_t end) const {
    const Marker * longest = nullptr;
    each_at(text, at, end, [&](const Marker & marker) {
        longest = marker.ordinary ? longest : &marker;
        return true;
    });
    return longest;
}

std::vector<Markers::Place> Markers::always_parsed_in(std::string_view text) const {
    std::vector<Place> places;
    for (size_t at = 0; at < text.size(); at++) {
        each_at(text, at, text.size(), [&](const Marker & marker) {
            const bool always = !marker.ordinary && (marker.attributes & LLAMA_TOKEN_ATTR_USER_DEFINED) != 0;
            if (always) {
                places.push_back({ at, at + marker.text.size() });
            }
            return !always;  // a cut in the shortest is a cut in the longer ones
        });
    }
    return places;
}

bool Markers::any_across(std::string_view text, size_t from, size_t to, size_t byte) const {
    bool found = false;
    for (size_t at = from; at < to && !found; at++) {
        each_at(text, at, text.size(), [&](const Marker & marker) {
            found = at + marker.text.size() > byte;
            return !found;
        });
    }
    return found;
}

// llama.cpp looks for the longest texts first, so that one that overlaps the marker could take a part of it; blanks beside a text
// with LSTRIP or RSTRIP are dropped, which must not go over the cut.
size_t Markers::cut_behind(std::string_view text, const Marker & marker, size_t at) const {
    const size_t end = at + marker.text.size();
    if (!cuttable || longest > LONGEST || marker.doubled || is_blank(marker.text.front()) || is_blank(marker.text.back()) ||
        any_across(text, at < longest ? 0 : at - longest, at, at) || any_across(text, at, end, end)) {
        return std::string_view::npos;
    }
    size_t cut = end;
    while ((marker.attributes & LLAMA_TOKEN_ATTR_RSTRIP) != 0 && cut < text.size() && is_blank(text[cut])) {
        cut++;
    }
    const bool half = cut < text.size() && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U;
    return half || any_across(text, end, cut, end) ? std::string_view::npos : cut;
}

}  // namespace tokapu
