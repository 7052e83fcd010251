/* Force-included into llama.cpp's src/unicode.cpp alone: the regular expressions that split text before BPE.
 *
 * std::regex recurses about once for each character of a match, so a long run of letters, blanks or digits ends the process,
 * and some of the patterns take quadratic time. This matcher has the same results (ECMAScript as libstdc++ reads it: leftmost,
 * ordered alternatives; no captures, no back references), keeps its state on the heap and takes time linear in the text:
 * a place of the program is tried once at a place of the text. tests/test_linear_regex.cpp compares the two. */
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <mutex>
#include <regex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tokapu_mend {

// A set of characters; compared as their type compares them, as std::regex does.
template <class CharT> struct CharSet {
    bool                                 negated   = false;
    bool                                 ascii[128] = {};
    std::vector<std::pair<CharT, CharT>> ranges;  // of all others, sorted

    void add(CharT low, CharT high) {
        for (CharT c = std::max(low, CharT(0)); c >= 0 && c < 127 && c <= high; c++) {
            ascii[static_cast<size_t>(c)] = true;
        }
        ascii[127] = ascii[127] || (low <= 127 && high >= 127);
        if (low < 0 || high > 127) {
            ranges.emplace_back(low, high);
        }
    }

    void add_class(char name) {
        const bool complement = name == 'S' || name == 'D' || name == 'W';
        for (int c = 0; c < 128; c++) {
            ascii[c] = ascii[c] || in_class(name, c) != complement;
        }
        if (complement) {  // in the C locale no class has a character beyond ASCII
            ranges.emplace_back(std::numeric_limits<CharT>::min(), static_cast<CharT>(-1));
            if (std::numeric_limits<CharT>::max() > 127) {
                ranges.emplace_back(static_cast<CharT>(127), std::numeric_limits<CharT>::max());
            }
        }
    }

    static bool in_class(char name, int c) {
        switch (name) {
            case 's':
            case 'S':
                return c == ' ' || (c >= '\t' && c <= '\r');
            case 'd':
            case 'D':
                return c >= '0' && c <= '9';
            default:
                return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        }
    }

    void finish() {
        std::sort(ranges.begin(), ranges.end());
        size_t n = 0;
        for (const auto & range : ranges) {
            if (n > 0 && range.first <= ranges[n - 1].second) {
                ranges[n - 1].second = std::max(ranges[n - 1].second, range.second);
            } else {
                ranges[n++] = range;
            }
        }
        ranges.resize(n);
    }

    bool operator==(const CharSet & other) const {
        return negated == other.negated && std::equal(ascii, ascii + 128, other.ascii) && ranges == other.ranges;
    }

    bool has(CharT c) const {
        if (c >= 0 && c < 128) {
            return ascii[static_cast<size_t>(c)] != negated;
        }
        size_t low  = 0;
        size_t high = ranges.size();
        while (low < high) {
            const size_t middle = (low + high) / 2;
            if (c > ranges[middle].second) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return (low < ranges.size() && c >= ranges[low].first) != negated;
    }
};

enum class Op : uint8_t {
    set,         // a character of a set
    run,         // as many characters of a set as there are, or fewer
    split,       // next, else the target
    jump,        // the target
    peek,        // is the next character of a set?
    look,        // does the program from next to its match match here? goes on at the target
    line_begin,  // ^
    line_end,    // $
    word_edge,   // \b
    match,
};

struct Instruction {
    Op       op;
    bool     negated;  // peek, look, word_edge
    uint32_t set;      // set, run, peek
    uint32_t target;   // split, jump, look
    uint32_t place;    // run, split: number among those of its program
};

template <class CharT> struct Program {
    std::vector<Instruction>    code;
    std::vector<CharSet<CharT>> sets;
    uint32_t                    places       = 0;  // runs and splits outside of a look
    uint32_t                    inner_places = 0;  // and within
};

// Reads a pattern: recursive descent, as deep as its groups.
template <class CharT> class Compiler {
  public:
    explicit Compiler(const std::basic_string<CharT> & pattern) : pattern(pattern) {
        alternatives();
        if (at < pattern.size()) {
            refuse(std::regex_constants::error_paren);
        }
        emit(Op::match);
        number_places();
    }

    Program<CharT> program;

  private:
    static constexpr size_t STATES = 100000;  // as many as std::regex allows

    [[noreturn]] static void refuse(std::regex_constants::error_type error) { throw std::regex_error(error); }

    bool more() const { return at < pattern.size(); }

    CharT peek() const { return at < pattern.size() ? pattern[at] : CharT(0); }

    bool take(CharT c) {
        if (more() && pattern[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    uint32_t emit(Op op, uint32_t set = 0, bool negated = false) {
        if (program.code.size() > STATES) {
            refuse(std::regex_constants::error_space);
        }
        program.code.push_back({ op, negated, set, 0, 0 });
        return static_cast<uint32_t>(program.code.size() - 1);
    }

    void number_places() {
        uint32_t look_end = 0;
        for (uint32_t i = 0; i < program.code.size(); i++) {
            Instruction & instruction = program.code[i];
            if (instruction.op == Op::look) {
                look_end = instruction.target;
            } else if (instruction.op == Op::run || instruction.op == Op::split) {
                instruction.place = i < look_end ? program.inner_places++ : program.places++;
            }
        }
    }

    uint32_t here() const { return static_cast<uint32_t>(program.code.size()); }

    void alternatives() {
        const uint32_t begin = here();
        const size_t   text  = at;
        sequence();
        if (peek() != '|' || !more()) {
            return;
        }
        // Again, behind a split.
        program.code.resize(begin);
        at                   = text;
        const uint32_t split = emit(Op::split);
        sequence();
        const uint32_t jump       = emit(Op::jump);
        program.code[split].target = here();
        at++;
        alternatives();
        program.code[jump].target = here();
    }

    void sequence() {
        while (more() && peek() != '|' && peek() != ')') {
            term();
        }
    }

    void term() {
        if (take('^')) {
            emit(Op::line_begin);
            return;
        }
        if (take('$')) {
            emit(Op::line_end);
            return;
        }
        if (peek() == '\\' && at + 1 < pattern.size() && (pattern[at + 1] == 'b' || pattern[at + 1] == 'B')) {
            emit(Op::word_edge, 0, pattern[at + 1] == 'B');
            at += 2;
            return;
        }
        if (pattern.compare(at, 3, ascii("(?=")) == 0 || pattern.compare(at, 3, ascii("(?!")) == 0) {
            look();
            return;
        }
        quantified();
    }

    static std::basic_string<CharT> ascii(const char * text) { return std::basic_string<CharT>(text, text + 3); }

    void look() {
        const bool negated = pattern[at + 2] == '!';
        at += 3;
        const uint32_t begin  = emit(Op::look, 0, negated);
        const bool     before = std::exchange(inside_look, true);
        alternatives();
        if (!take(')')) {
            refuse(std::regex_constants::error_paren);
        }
        inside_look = before;
        if (here() == begin + 2 && program.code[begin + 1].op == Op::set) {
            program.code[begin].op  = Op::peek;
            program.code[begin].set = program.code[begin + 1].set;
            program.code.pop_back();
            return;
        }
        if (before) {
            refuse(std::regex_constants::error_complexity);  // nested ones: no pattern has them
        }
        emit(Op::match);
        program.code[begin].target = here();
    }

    void quantified() {
        const size_t text = at;
        atom();
        int          low   = 1;
        int          high  = 1;
        if (!quantifier(low, high)) {
            return;
        }
        const bool lazy = take('?');
        const size_t end = at;
        // The atom is compiled again for each copy.
        const auto copy = [&] {
            at = text;
            atom();
        };
        program.code.resize(atom_begin);
        const uint32_t begin = atom_begin;
        copy();
        const bool single = here() == begin + 1 && program.code[begin].op == Op::set && !lazy;
        program.code.resize(begin);
        for (int i = 0; i < low; i++) {
            copy();
        }
        if (high < 0) {
            if (single) {
                copy();
                const uint32_t set = program.code.back().set;
                program.code.pop_back();
                emit(Op::run, set);
            } else {
                const uint32_t split = emit(Op::split, 0, lazy);
                copy();
                program.code[emit(Op::jump)].target = split;
                program.code[split].target          = here();
            }
        } else {
            std::vector<uint32_t> splits;
            for (int i = low; i < high; i++) {
                splits.push_back(emit(Op::split, 0, lazy));
                copy();
            }
            for (const uint32_t split : splits) {
                program.code[split].target = here();
            }
        }
        at = end;
    }

    bool quantifier(int & low, int & high) {
        if (take('*')) {
            low  = 0;
            high = -1;
        } else if (take('+')) {
            high = -1;
        } else if (take('?')) {
            low = 0;
        } else if (take('{')) {
            low  = number();
            high = low;
            if (take(',')) {
                high = peek() == '}' ? -1 : number();
            }
            if (!take('}') || (high >= 0 && high < low)) {
                refuse(std::regex_constants::error_badbrace);
            }
        } else {
            return false;
        }
        return true;
    }

    int number() {
        if (peek() < '0' || peek() > '9') {
            refuse(std::regex_constants::error_badbrace);
        }
        int value = 0;
        while (more() && peek() >= '0' && peek() <= '9') {
            value = value * 10 + static_cast<int>(pattern[at++] - '0');
            if (value > 10000) {
                refuse(std::regex_constants::error_badbrace);
            }
        }
        return value;
    }

    void atom() {
        const uint32_t begin = here();
        if (take('(')) {
            if (take('?') && !take(':')) {
                refuse(std::regex_constants::error_paren);
            }
            alternatives();
            if (!take(')')) {
                refuse(std::regex_constants::error_paren);
            }
        } else if (take('[')) {
            emit(Op::set, bracket());
        } else if (peek() == '*' || peek() == '+' || peek() == '?' || peek() == '{') {
            refuse(std::regex_constants::error_badrepeat);
        } else {
            CharSet<CharT> set;
            if (take('.')) {
                set.negated = true;
                set.add('\n', '\n');
                set.add('\r', '\r');
            } else if (take('\\')) {
                escape(set);
            } else {
                set.add(pattern[at], pattern[at]);
                at++;
            }
            emit(Op::set, add(std::move(set)));
        }
        atom_begin = begin;
    }

    uint32_t add(CharSet<CharT> set) {
        set.finish();
        const auto found = std::find(program.sets.begin(), program.sets.end(), set);
        if (found == program.sets.end()) {
            program.sets.push_back(std::move(set));
            return static_cast<uint32_t>(program.sets.size() - 1);
        }
        return static_cast<uint32_t>(found - program.sets.begin());
    }

    // An escape after its backslash: a class, added to the set, or a character. True for a character.
    bool escape(CharSet<CharT> & set, CharT * single = nullptr) {
        if (!more()) {
            refuse(std::regex_constants::error_escape);
        }
        CharT c = pattern[at++];
        if (c == 's' || c == 'S' || c == 'd' || c == 'D' || c == 'w' || c == 'W') {
            set.add_class(static_cast<char>(c));
            return false;
        }
        const char * names  = "tnrfv0";
        const char   values[] = "\t\n\r\f\v";
        for (int i = 0; names[i] != 0; i++) {
            if (c == static_cast<CharT>(names[i])) {
                c = static_cast<CharT>(values[i]);
                break;
            }
        }
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '1' && c <= '9')) {
            refuse(std::regex_constants::error_escape);  // back references, code points and what has no meaning
        }
        if (single != nullptr) {
            *single = c;
        } else {
            set.add(c, c);
        }
        return true;
    }

    uint32_t bracket() {
        CharSet<CharT> set;
        set.negated = take('^');
        while (!take(']')) {
            CharT low = 0;
            if (!element(set, low)) {
                continue;
            }
            CharT high = low;
            if (peek() == '-' && at + 1 < pattern.size() && pattern[at + 1] != ']') {
                at++;
                if (!element(set, high)) {
                    refuse(std::regex_constants::error_range);
                }
                if (low > high) {
                    refuse(std::regex_constants::error_range);
                }
            }
            set.add(low, high);
        }
        return add(std::move(set));
    }

    // An element of a bracket expression; false for a class.
    bool element(CharSet<CharT> & set, CharT & c) {
        if (!more()) {
            refuse(std::regex_constants::error_brack);
        }
        if (peek() == '[' && at + 1 < pattern.size() &&
            (pattern[at + 1] == ':' || pattern[at + 1] == '.' || pattern[at + 1] == '=')) {
            refuse(std::regex_constants::error_ctype);
        }
        c = pattern[at++];
        return c != '\\' || escape(set, &c);
    }

    const std::basic_string<CharT> & pattern;
    size_t                           at          = 0;
    uint32_t                         atom_begin  = 0;
    bool                             inside_look = false;
};

// The programs of patterns: llama.cpp compiles its few for every piece of text.
template <class CharT> std::shared_ptr<const Program<CharT>> compiled(const std::basic_string<CharT> & pattern) {
    static constexpr size_t                                                                      KEPT = 256;
    static std::mutex                                                                            mutex;
    static std::unordered_map<std::basic_string<CharT>, std::shared_ptr<const Program<CharT>>> programs;
    const std::lock_guard<std::mutex>                                                            lock(mutex);
    const auto                                                                                   found = programs.find(pattern);
    if (found != programs.end()) {
        return found->second;
    }
    auto program = std::make_shared<const Program<CharT>>(std::move(Compiler<CharT>(pattern).program));
    if (programs.size() < KEPT) {
        programs.emplace(pattern, program);
    }
    return program;
}

// What was tried: a bit for each place of the program at each place of the text, from a base on.
class Tried {
  public:
    void begin(size_t new_base, uint32_t new_places) {
        std::fill(bits.begin(), bits.begin() + static_cast<std::ptrdiff_t>(used), 0);
        used   = 0;
        base   = new_base;
        places = new_places;
    }

    // False if it was tried before.
    bool first(size_t position, uint32_t place) {
        const size_t bit  = (position - base) * places + place;
        const size_t word = bit / 64;
        if (word >= used) {
            if (word >= bits.size()) {
                bits.resize(std::max(word + 1, bits.size() * 2));
            }
            used = word + 1;
        }
        const uint64_t mask = uint64_t(1) << (bit % 64);
        if ((bits[word] & mask) != 0) {
            return false;
        }
        bits[word] |= mask;
        return true;
    }

  private:
    std::vector<uint64_t> bits;
    size_t                used   = 0;
    size_t                base   = 0;
    uint32_t              places = 0;
};

template <class CharT> class Matcher {
  public:
    explicit Matcher(std::shared_ptr<const Program<CharT>> program) : program(std::move(program)) {}

    void begin(const CharT * new_text, size_t new_length) {
        text   = new_text;
        length = new_length;
        look_tried.clear();
    }

    // The first match at or after a place: its begin and end.
    bool search(size_t from, bool not_null, bool only_there, size_t & begin, size_t & end) {
        tried.begin(from, program->places);
        for (begin = from; begin <= length; begin++) {
            if (match(begin, not_null, end)) {
                return true;
            }
            if (only_there) {
                break;
            }
        }
        return false;
    }

  private:
    // What is left to try: an instruction at each place from high down to low.
    struct Choice {
        uint32_t instruction;
        uint32_t path;  // look only
        size_t   low;
        size_t   high;
    };

    bool is_word(size_t position) const {
        return position < length && text[position] >= 0 && text[position] < 128 &&
               CharSet<CharT>::in_class('w', static_cast<int>(text[position]));
    }

    bool in_set(const Instruction & instruction, size_t position) const {
        return position < length && program->sets[instruction.set].has(text[position]);
    }

    bool match(size_t begin, bool not_null, size_t & end) {
        choices.clear();
        choices.push_back({ 0, 0, begin, begin });
        while (!choices.empty()) {
            Choice &     choice   = choices.back();
            uint32_t     pc       = choice.instruction;
            size_t       position = choice.high;
            if (choice.high == choice.low) {
                choices.pop_back();
            } else {
                choice.high--;
            }
            for (bool alive = true; alive;) {
                const Instruction & instruction = program->code[pc];
                switch (instruction.op) {
                    case Op::set:
                        alive = in_set(instruction, position);
                        position++;
                        pc++;
                        break;
                    case Op::run:
                        alive = run(instruction, pc, position);
                        pc++;
                        break;
                    case Op::split:
                        alive = tried.first(position, instruction.place);
                        if (alive) {
                            choices.push_back({ instruction.negated ? pc + 1 : instruction.target, 0, position, position });
                            pc = instruction.negated ? instruction.target : pc + 1;
                        }
                        break;
                    case Op::look:
                        alive = look(pc + 1, position) != instruction.negated;
                        pc    = instruction.target;
                        break;
                    case Op::match:
                        if (not_null && position == begin) {
                            alive = false;
                            break;
                        }
                        end = position;
                        return true;
                    default:
                        alive = simple(instruction, pc, position);
                        break;
                }
            }
        }
        return false;
    }

    // Instructions that take no character and leave nothing to try.
    bool simple(const Instruction & instruction, uint32_t & pc, size_t position) const {
        pc++;
        switch (instruction.op) {
            case Op::jump:
                pc = instruction.target;
                return true;
            case Op::peek:
                return in_set(instruction, position) != instruction.negated;
            case Op::line_begin:
                return position == 0;
            case Op::line_end:
                return position == length;
            default:
                return ((position > 0 && is_word(position - 1)) != is_word(position)) != instruction.negated;
        }
    }

    // Goes to the end of a run; the places before it, down to where it began, are left to try.
    bool run(const Instruction & instruction, uint32_t pc, size_t & position) {
        if (!tried.first(position, instruction.place)) {
            return false;
        }
        const CharSet<CharT> & set   = program->sets[instruction.set];
        const size_t           begin = position;
        while (position < length && set.has(text[position]) && tried.first(position + 1, instruction.place)) {
            position++;
        }
        if (position > begin) {
            choices.push_back({ pc + 1, 0, begin, position - 1 });
        }
        return true;
    }

    // Does the program match there? The answers for all of its places are kept as long as the text is the same.
    bool look(uint32_t pc, size_t position) {
        if (look_tried.empty()) {
            look_tried.resize((length + 1) * program->inner_places);
        }
        inner.clear();
        path.clear();
        path.push_back({ 0, 0 });
        inner.push_back({ pc, 0, position, position });
        while (!inner.empty()) {
            const Choice choice = inner.back();
            inner.pop_back();
            if (look_from(choice)) {
                return true;
            }
        }
        return false;
    }

    bool look_from(const Choice & choice) {
        uint32_t pc       = choice.instruction;
        uint32_t step     = choice.path;
        size_t   position = choice.high;
        for (;;) {
            const Instruction & instruction = program->code[pc];
            if (instruction.op == Op::match) {
                return good(step);
            }
            if (instruction.op == Op::set) {
                if (!in_set(instruction, position)) {
                    return false;
                }
                position++;
                pc++;
            } else if (instruction.op == Op::split || instruction.op == Op::run) {
                const size_t state = position * program->inner_places + instruction.place;
                if (look_tried[state] != 0) {
                    return look_tried[state] == GOOD && good(step);
                }
                look_tried[state] = BAD;
                path.push_back({ state, step });
                step              = static_cast<uint32_t>(path.size() - 1);
                const bool is_run = instruction.op == Op::run;
                const uint32_t after = is_run ? pc + 1 : instruction.target;
                const bool     later = instruction.negated;  // lazy
                if (is_run) {
                    inner.push_back({ after, step, position, position });
                    if (!in_set(instruction, position)) {
                        return false;
                    }
                    position++;
                } else {
                    inner.push_back({ later ? pc + 1 : after, step, position, position });
                    pc = later ? after : pc + 1;
                }
            } else if (!simple(instruction, pc, position)) {
                return false;
            }
        }
    }

    // All steps that led to a match lead to one.
    bool good(uint32_t step) {
        for (; step != 0; step = path[step].before) {
            look_tried[path[step].state] = GOOD;
        }
        return true;
    }

    struct Step {
        size_t   state;
        uint32_t before;
    };

    static constexpr uint8_t BAD  = 1;  // or not known yet
    static constexpr uint8_t GOOD = 2;

    std::shared_ptr<const Program<CharT>> program;
    const CharT *                         text   = nullptr;
    size_t                                length = 0;
    Tried                                 tried;
    std::vector<Choice>                   choices;
    std::vector<Choice>                   inner;
    std::vector<Step>                     path;
    std::vector<uint8_t>                  look_tried;
};

// For one iterator at a time: it keeps the memory of matching, as there are many short texts.
template <class CharT> class basic_regex {
  public:
    basic_regex(const std::basic_string<CharT> & pattern, std::regex_constants::syntax_option_type /*flags*/) :
        matcher(compiled(pattern)) {}

    mutable Matcher<CharT> matcher;
};

template <class BidirIt> class match_results {
  public:
    std::ptrdiff_t position() const { return static_cast<std::ptrdiff_t>(begin); }

    std::ptrdiff_t length() const { return static_cast<std::ptrdiff_t>(end - begin); }

    size_t begin = 0;
    size_t end   = 0;
};

template <class BidirIt> class regex_iterator {
  public:
    using CharT = typename std::iterator_traits<BidirIt>::value_type;

    regex_iterator() = default;

    regex_iterator(BidirIt first, BidirIt last, const basic_regex<CharT> & regex) :
        length(static_cast<size_t>(last - first)),
        matcher(&regex.matcher) {
        matcher->begin(length == 0 ? nullptr : &*first, length);
        find(0);
    }

    const match_results<BidirIt> & operator*() const { return match; }

    regex_iterator & operator++() {
        if (match.end > match.begin) {
            find(match.end);
        } else if (match.end == length) {
            matcher = nullptr;
        } else if (!matcher->search(match.end, true, true, match.begin, match.end)) {
            find(match.begin + 1);
        }
        return *this;
    }

    bool operator!=(const regex_iterator & other) const { return matcher != other.matcher; }

  private:
    void find(size_t from) {
        if (!matcher->search(from, false, false, match.begin, match.end)) {
            matcher = nullptr;
        }
    }

    size_t                 length  = 0;
    Matcher<CharT> *       matcher = nullptr;  // null: no match is left
    match_results<BidirIt> match;
};

}  // namespace tokapu_mend

namespace std {
namespace tokapu_mend = ::tokapu_mend;
}

#define basic_regex tokapu_mend::basic_regex
#define match_results tokapu_mend::match_results
#define regex_iterator tokapu_mend::regex_iterator
