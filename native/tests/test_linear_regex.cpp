// native/mend/linear_regex.h against std::regex: both split random texts by all pattern lists of llama.cpp's pre-tokenizers.
// Arguments: the source of llama.cpp; how many texts for each list (100); a seed.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cwctype>
#include <fstream>
#include <iterator>
#include <random>
#include <regex>
#include <set>
#include <string>
#include <vector>

using Texts = std::vector<std::string>;

// Windows has the digits of all scripts in std::regex's \d. Ours are those of ASCII everywhere, as std::regex has them elsewhere.
static const bool OTHER_DIGITS = std::iswdigit(L'٣') != 0;

// unicode.cpp compiled with the header and without.
Texts unicode_regex_split(const std::string & text, const Texts & patterns, bool byte_encode);
Texts unicode_regex_split_std(const std::string & text, const Texts & patterns, bool byte_encode);

static std::string literal(const std::string & source, size_t & at) {
    std::string text;
    for (at++; source[at] != '"'; at++) {
        char c = source[at];
        if (c == '\\') {
            c = source[++at];
            c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
        }
        text += c;
    }
    at++;
    return text;
}

// The lists in llama-vocab.cpp: `regex_exprs = { "...", "..." };` with comments.
static std::set<Texts> pattern_lists(const std::string & folder) {
    std::ifstream     file(folder + "/src/llama-vocab.cpp", std::ios::binary);
    const std::string source{ std::istreambuf_iterator<char>(file), {} };
    const std::string begin = "regex_exprs = {";
    std::set<Texts>   lists;
    for (size_t at = source.find(begin); at != std::string::npos; at = source.find(begin, at)) {
        Texts list;
        at += begin.size();
        while (source[at] != '}') {
            if (source.compare(at, 2, "//") == 0) {
                at = source.find('\n', at);
            } else if (source[at] == '"') {
                list.push_back(literal(source, at));
            } else {
                at++;
            }
        }
        lists.insert(list);
    }
    return lists;
}

// An exception is an outcome as well: patterns that only llama.cpp's own code knows, with an empty text.
static Texts outcome(Texts (*split)(const std::string &, const Texts &, bool), const std::string & text, const Texts & list) {
    try {
        return split(text, list, false);
    } catch (const std::exception & e) {
        return { "exception", e.what() };
    }
}

static std::string random_text(std::mt19937 & random) {
    static const Texts pieces = {
        "a",  "b",    "z",  "A",    "Z",  "s",  "S",  "t",  "re", "LL", "'",        "'s",  "'LL", "’",        " ",         "  ",
        "\t", "\n",   "\r", "\r\n", " \n", "　", "0",  "1",  "9",  "٣",  "½",        "Ⅷ",   ".",   ",",        "!",         "?",
        "-",  "--",   "/",  "_",    "$",  "+",  "<",  ">",  "^",  "`",  "|",        "~",   "[",   "]",        "\\",        "(",
        "é",  "e\u0301", "ß", "Ж",  "ж",  "ǅ",  "א",  "ع",  "，", "。", "…",        "“",   "中",  "文",       "日",        "か",
        "カ", "한",   "글", "ก",    "ា",  "हि", "্",  "😀", "👩‍👩‍👧", "€",  "\u200b", "\u00a0", "\u2028", "\u0085", "\xef\xbf\xbd", "𐐀",
        "IMGIMG", "<sentinel:1>", "AZ", "\v", "\f", "\x7f", "\x01", "®",
    };
    const auto  below = [&](size_t n) { return static_cast<size_t>(random() % n); };
    std::string text;
    // A few of the pieces only, so that patterns meet what they look for; sometimes a run.
    std::vector<std::string> chosen;
    for (size_t i = 1 + below(8); i > 0; i--) {
        chosen.push_back(pieces[below(pieces.size())]);
    }
    for (size_t i = below(40); i > 0; i--) {
        const std::string & piece = chosen[below(chosen.size())];
        for (size_t n = below(8) == 0 ? 1 + below(20) : 1; n > 0; n--) {
            text += piece;
        }
    }
    return text;
}

static std::string shown(const Texts & texts) {
    std::string all;
    for (const std::string & text : texts) {
        all += "[" + text + "]";
    }
    return all;
}

// Patterns that no list has: what the reader of patterns accepts means the same, and it refuses what std::regex refuses.
static int compare_odd_patterns(std::mt19937 & random) {
    static const Texts good = { "a*?b",      "(a|b)*?c", "a{2,4}?", "[^a-z]{2,}", "(?:ab|a)(?:c|bcd)?", "a|ab|abc", "^a+", "a+$",
                                "\\ba", "a\\B", "(?=(ab)+c)a", "(?!(ab)+c)a", "[a\\-z]", "[]a]|b",  "(a*)(b+)", ".", "\\w+\\W*", "x*",
                                "[\\s\\d]+", "[^\\S\\n]+", "(a|)b", "a{0}b", "(?:a{1,2}){2}" };
    static const Texts bad  = { "(", "a)", "[a", "*a", "a{2", "a{3,2}", "[z-a]", "\\" };
    int                wrong = 0;
    for (const std::string & pattern : good) {
        for (int i = 0; i < 200; i++) {
            std::string text;
            for (size_t n = random() % 30; n > 0; n--) {
                text += "abcxyz A1-_\n."[random() % 13];
            }
            if (outcome(unicode_regex_split, text, { pattern }) != outcome(unicode_regex_split_std, text, { pattern })) {
                std::printf("FAIL: pattern '%s', text '%s'\n", pattern.c_str(), text.c_str());
                wrong++;
            }
        }
    }
    for (const std::string & pattern : bad) {
        if (outcome(unicode_regex_split, "a", { pattern }).front() != "exception") {
            std::printf("FAIL: pattern '%s' is accepted\n", pattern.c_str());
            wrong++;
        }
    }
    return wrong;
}

// Long runs: std::regex ends the process there, so only the sum of the pieces is looked at.
static int split_long_runs(const std::set<Texts> & lists, size_t length) {
    static const Texts runs = { "a", "A", "aB", "-", "!", " ", "\n", " \n", "中", "カ", "7", "é", "e\u0301", "😀", "'s", "a ", "#a" };
    int                wrong   = 0;
    double             slowest = 0;
    for (const Texts & list : lists) {
        for (const std::string & run : runs) {
            std::string text;
            for (size_t i = 0; i < length; i++) {
                text += run;
            }
            const auto  begin = std::chrono::steady_clock::now();
            std::string joined;
            for (const std::string & piece : unicode_regex_split(text, list, false)) {
                joined += piece;
            }
            const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
            if (took > slowest) {
                slowest = took;
                std::printf("slowest: %.2f s, %zu x '%s' with '%.60s'\n", took, length, run.c_str(), list.front().c_str());
            }
            if (joined != text) {
                std::printf("FAIL: pieces of %zu x '%s' with '%s'\n", length, run.c_str(), list.front().c_str());
                wrong++;
            }
        }
    }
    return wrong;
}

int main(int argc, char ** argv) {
    const size_t          texts = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 100;
    const auto            seed  = static_cast<unsigned>(argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 15);
    const std::set<Texts> lists = pattern_lists(argv[1]);
    std::printf("%zu lists, %zu texts each, seed %u\n", lists.size(), texts, seed);
    int          wrong = lists.size() < 20;
    std::mt19937 random(seed);
    for (const Texts & list : lists) {
        for (size_t i = 0; i < texts; i++) {
            const std::string text = random_text(random);
            if (OTHER_DIGITS && text.find("٣") != std::string::npos) {
                continue;
            }
            const Texts       expected = outcome(unicode_regex_split_std, text, list);
            const Texts       actual   = outcome(unicode_regex_split, text, list);
            if (actual != expected && wrong++ < 20) {
                std::printf("FAIL: '%s' of '%s':\n  is      %s\n  must be %s\n", text.c_str(), list.front().c_str(),
                            shown(actual).c_str(), shown(expected).c_str());
            }
        }
    }
    wrong += compare_odd_patterns(random);
    wrong += split_long_runs(lists, 50000);
    std::printf("%d wrong\n", wrong);
    return wrong == 0 ? 0 : 1;
}
