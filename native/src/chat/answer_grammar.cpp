#include "chat/answer_grammar.h"

#include <algorithm>
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

std::string with_sound_repetitions(std::string gbnf, bool parallel) {
    const std::string repetition = " space)+";
    for (size_t at = gbnf.find(repetition); at != std::string::npos; at = gbnf.find(repetition, at + 1)) {
        const bool empty = gbnf[at - 1] == '?';
        size_t     name  = empty ? at - 1 : at;
        while (name > 0 && is_name(gbnf[name - 1])) {
            name--;
        }
        if (name == 0 || name == at || gbnf[name - 1] != '(') {
            continue;
        }
        if (!parallel && gbnf.compare(name, 9, "tool-call") == 0) {
            gbnf.erase(at + repetition.size() - 1, 1);
        }
        if (empty) {
            gbnf.erase(at - 1, 1);
        }
    }
    return gbnf;
}

// In the root rule free text is until-NUMBER, perhaps with ? and space behind it.
std::string without_text_before_calls(const std::string & gbnf) {
    const std::string root = "root ::= ";
    const std::string free = "until-";
    const size_t      from = gbnf.rfind("\n" + root) == std::string::npos ? gbnf.find(root) : gbnf.rfind("\n" + root) + 1;
    if (from == std::string::npos) {
        return gbnf;
    }
    const size_t end  = std::min(gbnf.find('\n', from), gbnf.size());
    std::string  rule = gbnf.substr(from, end - from);
    for (size_t at = rule.find(free); at != std::string::npos; at = rule.find(free, at + 1)) {
        size_t next = at + free.size();
        while (next < rule.size() && std::isdigit(static_cast<unsigned char>(rule[next])) != 0) {
            next++;
        }
        next += rule.compare(next, 1, "?") == 0 ? 1 : 0;
        next += rule.compare(next, 6, " space") == 0 ? 6 : 0;
        size_t word = next + 1;
        while (word < rule.size() && is_name(rule[word])) {
            word++;
        }
        if (rule.compare(next, 1, " ") == 0 && rule.substr(next, word - next).find("tool") != std::string::npos) {
            rule.replace(at, next - at, "space");
        }
    }
    const std::string blanks = ("\n" + gbnf).find("\nspace ::=") == std::string::npos ? "\nspace ::= [ \\t\\n]*" : "";
    return gbnf.substr(0, from) + rule + gbnf.substr(end) + blanks;
}

}  // namespace tokapu
