#include "grammar/grammar_text.h"

#include "core/guard.h"
#include "core/utf8_check.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>

namespace tokapu {

namespace {

constexpr size_t   MAX_BYTES    = 1U << 20U;  // of text
constexpr size_t   MAX_RULES    = 4096;       // in the text
constexpr int      MAX_NESTING  = 256;
constexpr uint64_t MAX_COUNT    = 2000;       // llama.cpp takes a larger maximum for none, and refuses a larger minimum
constexpr uint64_t MAX_ELEMENTS = 1U << 19U;  // of 8 bytes, after repetitions are written out
constexpr uint64_t MAX_NAMES    = 16U << 20U;  // bytes: each group and each repetition makes rules with the name of its rule
constexpr size_t   MAX_TOKEN    = 256;        // bytes between < and >
constexpr size_t   MAX_SHOWN    = 40;         // bytes of the text in a message

class TextReader {
  public:
    TextReader(const std::string & text, int32_t n_vocab) : text(text), n_vocab(n_vocab) {}

    void read() {
        skip_space(true);
        while (at < text.size()) {
            rule();
        }
    }

  private:
    struct Counts {
        uint64_t min;
        uint64_t max;
        bool     endless;
    };

    // NUL stands for the end.
    char peek(size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }

    [[noreturn]] __attribute__((format(printf, 2, 3))) void refuse(const char * format, ...) const {
        char    problem[200];
        va_list args;
        va_start(args, format);
        std::vsnprintf(problem, sizeof(problem), format, args);
        va_end(args);
        const auto   end  = text.begin() + static_cast<std::ptrdiff_t>(std::min(at, text.size()));
        const auto   line = std::count(text.begin(), end, '\n') + 1;
        const size_t from = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar, line %lld, column %zu: %s, %s", static_cast<long long>(line),
             from == std::string::npos ? at + 1 : at - from, problem, here().c_str());
    }

    // What stands at the place, for who looks for it: the line's next characters, whole ones.
    std::string here() const {
        if (at >= text.size()) {
            return "at its end";
        }
        const size_t line = std::min(text.find_first_of("\r\n", at), text.size());
        size_t       end  = std::min(line, at + MAX_SHOWN);
        while (end > at && end < line && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) {
            end--;
        }
        return end == at ? "at the end of the line" : "at '" + text.substr(at, end - at) + "'" + (end < line ? ".." : "");
    }

    static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    static bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || is_digit(c); }

    void skip_space(bool newline_ok) {
        for (char c = peek(); c == ' ' || c == '\t' || c == '#' || (newline_ok && (c == '\r' || c == '\n')); c = peek()) {
            if (c == '#') {
                at = std::min(text.find_first_of("\r\n", at), text.size());
            } else {
                at++;
            }
        }
    }

    void name() {
        const size_t start = at;
        while (is_name(peek())) {
            at++;
        }
        if (at == start) {
            refuse("expected the name of a rule (letters, digits and -)");
        }
    }

    void rule() {
        if (++rules > MAX_RULES) {
            refuse("more than %zu rules", MAX_RULES);
        }
        const size_t start = at;
        name();
        name_bytes = at - start;
        add_rules(1);
        skip_space(false);
        if (text.compare(at, 3, "::=") != 0) {
            refuse("expected ::=");
        }
        at += 3;
        skip_space(true);
        alternatives(0);
        if (at < text.size() && peek() != '\r' && peek() != '\n') {
            refuse("expected the end of the rule");
        }
        skip_space(true);
    }

    void alternatives(int depth) {
        sequence(depth);
        while (peek() == '|') {
            at++;
            add_elements(1);
            skip_space(true);
            sequence(depth);
        }
    }

    void add_elements(uint64_t n) {
        elements += n;
        if (elements > MAX_ELEMENTS) {
            refuse("with its repetitions written out the grammar has more than %llu elements; repeat less",
                   static_cast<unsigned long long>(MAX_ELEMENTS));
        }
    }

    void add_rules(uint64_t n) {
        names += n * (name_bytes + 8);
        if (names > MAX_NAMES) {
            refuse("the names of its rules are too long for so many groups and repetitions");
        }
        add_elements(n);
    }

    // Items one after the other, each with its repetitions.
    void sequence(int depth) {
        uint64_t last = 0;  // elements of the last item; 0 when there is none
        for (;; skip_space(depth > 0)) {
            const char c = peek();
            if (c == '"') {
                last = literal();
            } else if (c == '[') {
                last = char_class();
            } else if (c == '<' || c == '!') {
                token();
                last = 1;
            } else if (c == '(') {
                group(depth + 1);
                last = 1;
            } else if (c == '.') {
                at++;
                last = 1;
            } else if (is_name(c)) {
                name();
                last = 1;
            } else if (c == '*' || c == '+' || c == '?' || c == '{') {
                last = repeated(last, counts(c, depth));
                continue;
            } else {
                return;
            }
            add_elements(last);
        }
    }

    // S{m,n} is written out as m times S and n - m rules of S, S{m,} as m times S and one rule.
    uint64_t repeated(uint64_t last, const Counts & counts) {
        if (last == 0) {
            refuse("expected an item before *, +, ? or {");
        }
        const uint64_t optional = counts.endless ? 1 : counts.max - counts.min;
        const uint64_t size     = last * counts.min + (optional > 0 ? 1 : 0);
        add_rules(optional);
        add_elements(size + optional * (last + 2));
        return size;
    }

    Counts counts(char c, int depth) {
        at++;
        if (c != '{') {
            return { c == '+' ? 1U : 0U, 1, c != '?' };
        }
        skip_space(depth > 0);
        Counts result{ number(), 0, false };
        result.max = result.min;
        skip_space(depth > 0);
        if (peek() == ',') {
            at++;
            skip_space(depth > 0);
            result.endless = !is_digit(peek());
            if (!result.endless) {
                result.max = number();
                skip_space(depth > 0);
            }
        }
        if (peek() != '}') {
            refuse("expected }");
        }
        if (result.max < result.min) {
            refuse("the repetition {%llu,%llu} has a largest count below its smallest", static_cast<unsigned long long>(result.min),
                   static_cast<unsigned long long>(result.max));
        }
        at++;
        return result;
    }

    uint64_t number() {
        uint64_t     value = 0;
        const size_t start = at;
        for (; is_digit(peek()); at++) {
            value = value * 10 + static_cast<uint64_t>(peek() - '0');
            if (value > MAX_COUNT) {
                refuse("a repetition of more than %llu", static_cast<unsigned long long>(MAX_COUNT));
            }
        }
        if (at == start) {
            refuse("expected a number");
        }
        return value;
    }

    void group(int depth) {
        if (depth > MAX_NESTING) {
            refuse("groups nest more than %d deep", MAX_NESTING);
        }
        at++;
        add_rules(1);
        skip_space(true);
        alternatives(depth);
        if (peek() != ')') {
            refuse("expected )");
        }
        at++;
    }

    uint64_t literal() {
        uint64_t size = 0;
        at++;
        while (peek() != '"') {
            character("the literal has no end");
            size++;
        }
        at++;
        return size;
    }

    uint64_t char_class() {
        uint64_t size = 0;
        at += peek(1) == '^' ? 2 : 1;
        while (peek() != ']') {
            character("the character class has no end");
            size++;
            if (peek() == '-' && peek(1) != ']') {
                at++;
                character("the character class has no end");
                size++;
            }
        }
        if (size == 0) {
            refuse("the character class is empty");
        }
        at++;
        return size;
    }

    void character(const char * endless) {
        if (at >= text.size()) {
            refuse("%s", endless);
        }
        if (peek() != '\\') {
            for (at++; (static_cast<unsigned char>(peek()) & 0xC0U) == 0x80; at++) {
            }
            return;
        }
        const char kind   = peek(1);
        size_t     digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
        if (digits == 0 && (kind == '\0' || std::string("trn\\\"[]-").find(kind) == std::string::npos)) {
            refuse("unknown escape");
        }
        for (at += 2; digits > 0; digits--, at++) {
            if (!is_digit(peek()) && std::string("abcdefABCDEF").find(peek()) == std::string::npos) {
                refuse("expected hexadecimal digits");
            }
        }
    }

    // <[id]> or <text>, either with ! before it; whether the text is a token is left to the parser.
    void token() {
        at += peek() == '!' ? 1 : 0;
        if (peek() != '<') {
            refuse("expected <");
        }
        const size_t end = text.find('>', at);
        if (end == std::string::npos || end - at > MAX_TOKEN) {
            refuse("a token in <> has no end, or more than %zu bytes", MAX_TOKEN);
        }
        if (peek(1) == '[') {
            uint64_t id = 0;
            for (at += 2; is_digit(peek()); at++) {
                id = std::min<uint64_t>(id * 10 + static_cast<uint64_t>(peek() - '0'), UINT32_MAX);
            }
            if (text[at - 1] == '[' || peek() != ']' || at + 1 != end) {
                refuse("expected a token like <[123]>");
            }
            if (id >= static_cast<uint64_t>(n_vocab)) {
                refuse("there is no token <[%llu]>; the vocabulary has %d", static_cast<unsigned long long>(id), n_vocab);
            }
        }
        at = end + 1;
    }

    const std::string & text;
    const int32_t       n_vocab;
    size_t              at         = 0;
    size_t              rules      = 0;
    size_t              name_bytes = 0;
    uint64_t            names      = 0;
    uint64_t            elements   = 0;
};

}  // namespace

void check_grammar_text(const std::string & text, int32_t n_vocab) {
    if (text.empty()) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar is empty");
    }
    if (text.size() > MAX_BYTES) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar has %zu bytes; at most %zu are supported", text.size(), MAX_BYTES);
    }
    if (text.find('\0') != std::string::npos) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar holds a NUL byte");
    }
    const size_t bad = find_invalid_utf8(text);
    if (bad < text.size()) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar is not UTF-8: byte %zu", bad);
    }
    if (text.compare(0, 11, "%llguidance") == 0) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "llguidance grammars are not supported; write the grammar in GBNF");
    }
    TextReader(text, n_vocab).read();
}

}  // namespace tokapu
