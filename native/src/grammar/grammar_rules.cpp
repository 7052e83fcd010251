#include "grammar/grammar_rules.h"

#include "core/guard.h"

namespace tokapu {

namespace {

constexpr uint64_t MAX_BEGINNINGS = 4096;  // of one rule: the engine holds a stack for each

using Element = llama_grammar_element;

struct Alternative {
    size_t         rule;
    const Element * first;
    const Element * last;  // behind the last element
    size_t         waits;  // elements that are not known to be possibly empty
};

class Analysis {
  public:
    explicit Analysis(const llama_grammar_parser & parser) :
        parser(parser),
        empty(parser.rules.size()),
        ways(parser.rules.size()) {
        for (size_t rule = 0; rule < parser.rules.size(); rule++) {
            const Element * first = parser.rules[rule].data();
            for (const Element * e = first;; e++) {
                if (e->type == LLAMA_GRETYPE_END || e->type == LLAMA_GRETYPE_ALT) {
                    alternatives.push_back({ rule, first, e, static_cast<size_t>(e - first) });
                    first = e + 1;
                }
                if (e->type == LLAMA_GRETYPE_END) {
                    break;
                }
            }
        }
    }

    void run() {
        find_empty();
        find_begins();
        order();
    }

  private:
    // Which rules may be empty.
    void find_empty() {
        std::vector<std::vector<size_t>> uses(parser.rules.size());
        std::vector<size_t>              found;
        for (size_t i = 0; i < alternatives.size(); i++) {
            for (const Element * e = alternatives[i].first; e != alternatives[i].last; e++) {
                if (e->type == LLAMA_GRETYPE_RULE_REF) {
                    uses[e->value].push_back(i);
                }
            }
            mark_empty(i, found);
        }
        for (size_t done = 0; done < found.size(); done++) {
            for (const size_t i : uses[found[done]]) {
                alternatives[i].waits--;
                mark_empty(i, found);
            }
        }
    }

    void mark_empty(size_t i, std::vector<size_t> & found) {
        const Alternative & alternative = alternatives[i];
        if (alternative.waits == 0 && !empty[alternative.rule]) {
            empty[alternative.rule] = true;
            found.push_back(alternative.rule);
        }
    }

    // With which rules a rule may begin, and in how many ways with a character or with nothing.
    void find_begins() {
        begins.resize(parser.rules.size());
        for (const Alternative & alternative : alternatives) {
            const Element * e = alternative.first;
            for (; e != alternative.last; e++) {
                if (e->type != LLAMA_GRETYPE_RULE_REF) {
                    ways[alternative.rule]++;
                    break;
                }
                begins[alternative.rule].push_back(e->value);
                if (!empty[e->value]) {
                    break;
                }
            }
            ways[alternative.rule] += e == alternative.last ? 1 : 0;
        }
    }

    // From rules that begin with characters only to those that begin with these; what is left over goes round in circles.
    void order() {
        std::vector<std::vector<size_t>> begun(parser.rules.size());
        std::vector<size_t>              waits(parser.rules.size());
        std::vector<size_t>              ready;
        for (size_t rule = 0; rule < begins.size(); rule++) {
            waits[rule] = begins[rule].size();
            for (const size_t other : begins[rule]) {
                begun[other].push_back(rule);
            }
            if (waits[rule] == 0) {
                ready.push_back(rule);
            }
        }
        for (size_t done = 0; done < ready.size(); done++) {
            const size_t rule = ready[done];
            if (ways[rule] > MAX_BEGINNINGS) {
                fail(TOKAPU_ERROR_GRAMMAR, "the rule '%.200s' can begin in more than %llu ways; give it fewer alternatives",
                     name(rule).c_str(), static_cast<unsigned long long>(MAX_BEGINNINGS));
            }
            for (const size_t other : begun[rule]) {
                ways[other] += ways[rule];
                if (--waits[other] == 0) {
                    ready.push_back(other);
                }
            }
        }
        for (size_t rule = 0; rule < waits.size(); rule++) {
            if (waits[rule] != 0) {
                fail(TOKAPU_ERROR_GRAMMAR, "the rule '%.200s' begins with itself (left recursion), or repeats what may be empty",
                     name(on_circle(rule, waits)).c_str());
            }
        }
    }

    // A rule that waits begins with another that waits; the first that comes twice is on a circle.
    size_t on_circle(size_t rule, const std::vector<size_t> & waits) const {
        std::vector<bool> seen(parser.rules.size());
        while (!seen[rule]) {
            seen[rule] = true;
            for (const size_t other : begins[rule]) {
                if (waits[other] != 0) {
                    rule = other;
                    break;
                }
            }
        }
        return rule;
    }

    // Generated rules are named after the rule in the text: name_N.
    std::string name(size_t rule) const {
        for (const auto & [name, id] : parser.symbol_ids) {
            if (id == rule) {
                return name.substr(0, name.find('_'));
            }
        }
        return std::to_string(rule);
    }

    const llama_grammar_parser &     parser;
    std::vector<Alternative>         alternatives;
    std::vector<bool>                empty;
    std::vector<uint64_t>            ways;
    std::vector<std::vector<size_t>> begins;
};

}  // namespace

void check_grammar_rules(const llama_grammar_parser & parser) {
    Analysis(parser).run();
}

}  // namespace tokapu
