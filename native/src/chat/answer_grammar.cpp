#include "chat/answer_grammar.h"

#include <cctype>

namespace tokapu {

namespace {

bool is_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-';
}

// The character that ends what begins here and holds no names; 0 for none.
char closing(char c) {
    switch (c) {
        case '"':
            return '"';
        case '[':
            return ']';
        case '{':
            return '}';
        case '<':
            return '>';
        case '#':
            return '\n';
        default:
            return 0;
    }
}

size_t behind(const std::string & text, size_t at, char end) {
    for (at++; at < text.size() && text[at] != end; at++) {
        at += text[at] == '\\' ? 1 : 0;
    }
    return at < text.size() ? at + 1 : text.size();
}

}  // namespace

std::string rename_rules(const std::string & gbnf, const std::string & prefix) {
    std::string result;
    for (size_t at = 0; at < gbnf.size();) {
        size_t     next = at + 1;
        const char end  = closing(gbnf[at]);
        if (end != 0) {
            next = behind(gbnf, at, end);
        } else if (is_name(gbnf[at])) {
            result += prefix;
            while (next < gbnf.size() && is_name(gbnf[next])) {
                next++;
            }
        }
        result.append(gbnf, at, next - at);
        at = next;
    }
    return result;
}

std::string either(const std::string & one, const std::string & other) {
    return "root ::= one-root | other-root\n" + rename_rules(one, "one-") + "\n" + rename_rules(other, "other-") + "\n";
}

std::string with_value(const std::string & gbnf, const std::string & literal, const std::string & value) {
    const size_t at = gbnf.find(literal);
    if (at == std::string::npos) {
        return "";
    }
    const std::string space = " space";
    const size_t      end   = at + literal.size();
    const bool        more  = gbnf.compare(end, space.size(), space) == 0;
    return gbnf.substr(0, at) + "value-root" + gbnf.substr(more ? end + space.size() : end) + "\n" +
           rename_rules(value, "value-") + "\n";
}

}  // namespace tokapu
