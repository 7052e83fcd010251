#include "grammar/grammar_engine.h"

#include "core/guard.h"
#include "ggml.h"
#include "llama-impl.h"
#include "llama-sampler.h"
#include "llama-vocab.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

namespace tokapu {

namespace {

constexpr int64_t BUDGET       = 500000000;  // comparisons of a character for one token: seconds
constexpr int64_t STEP         = 1;
constexpr int64_t CALL         = 5000;       // a step to the next character for a group of candidates
constexpr size_t  MAX_STACKS   = 10000;      // ways to read the text so far
constexpr size_t  MAX_ELEMENTS = 1000000;    // of all stacks
constexpr size_t  SEEN_TEXT    = 1024;       // bytes of output that trigger patterns see, at least

thread_local int64_t t_left = INT64_MAX;

// Limits what is done while it lives.
class Meter {
  public:
    Meter() { t_left = BUDGET; }
    ~Meter() { t_left = INT64_MAX; }
    Meter(const Meter &)             = delete;
    Meter & operator=(const Meter &) = delete;
};

[[noreturn]] void fail_ambiguous() {
    fail(TOKAPU_ERROR_GRAMMAR, "the grammar can read the text in too many ways at once; make it less ambiguous");
}

void spend(int64_t amount) {
    t_left -= amount;
    if (t_left < 0) {
        fail_ambiguous();
    }
}

}  // namespace

}  // namespace tokapu

// llama.cpp's engine, compiled once more: the same code, but each of its assertions, which stand where the work is done, meters
// it. The assertion on stacks is that of the step to the next character.
#undef GGML_ASSERT
#define GGML_ASSERT(x)                                                      \
    (tokapu::spend((#x)[0] == '!' ? tokapu::CALL : tokapu::STEP),           \
     (x) ? static_cast<void>(0) : ggml_abort(__FILE__, __LINE__, "GGML_ASSERT(%s) failed", #x))
#include "llama-grammar.cpp"

namespace tokapu {

namespace {

using Stack  = llama_grammar_stack;
using Stacks = std::set<Stack>;

struct Engine {
    std::shared_ptr<const GrammarSource> source;
    std::unique_ptr<llama_grammar>       grammar;
    bool                                 cut = false;  // the buffer of a lazy grammar no longer has the beginning of the output
};

bool is_token(const llama_grammar_element * e) {
    return e->type == LLAMA_GRETYPE_TOKEN || e->type == LLAMA_GRETYPE_TOKEN_NOT;
}

// The stack behind its top element, which ends before `next`.
Stack without_top(const Stack & stack, const llama_grammar_element * next) {
    Stack result(stack.begin(), stack.end() - 1);
    if (!llama_grammar_is_end_of_sequence(next)) {
        result.push_back(next);
    }
    return result;
}

void check_size(const Stacks & stacks, size_t & elements, const llama_grammar_stacks & added) {
    for (const Stack & stack : added) {
        elements += stack.size();
    }
    if (stacks.size() > MAX_STACKS || elements > MAX_ELEMENTS) {
        fail_ambiguous();
    }
}

llama_grammar_stacks start_stacks(const llama_grammar_rules & rules, size_t root) {
    llama_grammar_stacks          stacks;
    const llama_grammar_element * pos = rules[root].data();
    for (;; pos++) {
        Stack stack;
        if (!llama_grammar_is_end_of_sequence(pos)) {
            stack.push_back(pos);
        }
        llama_grammar_advance_stack(rules, stack, stacks);
        while (!llama_grammar_is_end_of_sequence(pos)) {
            pos++;
        }
        if (pos->type == LLAMA_GRETYPE_END) {
            return stacks;
        }
    }
}

Stacks accept_character(llama_grammar & grammar, const Stacks & stacks, uint32_t character) {
    Stacks result;
    size_t elements = 0;
    for (const Stack & stack : stacks) {
        llama_grammar_stacks next;
        llama_grammar_accept_chr(grammar, stack, character, next);
        result.insert(next.begin(), next.end());
        check_size(result, elements, next);
    }
    return result;
}

// As llama_grammar_accept_token(), with bounds; the grammar is changed at the end only.
void accept_piece(llama_grammar & grammar, llama_token token, const std::string & piece) {
    const Meter meter;
    const auto [code_points, partial] = decode_utf8(piece, grammar.partial_utf8);
    llama_grammar_stacks behind_token;
    Stacks               stacks;
    for (const Stack & stack : grammar.stacks) {
        if (stack.empty()) {
            continue;
        }
        if (!is_token(stack.back())) {
            stacks.insert(stack);
        } else if (llama_grammar_match_token(stack.back(), token)) {
            llama_grammar_advance_stack(grammar.rules, without_top(stack, stack.back() + 1), behind_token);
        }
    }
    for (size_t i = 0; i + 1 < code_points.size() && !stacks.empty(); i++) {  // without the NUL at the end
        stacks = accept_character(grammar, stacks, code_points[i]);
    }
    stacks.insert(behind_token.begin(), behind_token.end());
    if (stacks.empty() || (partial.n_remain < 0 && behind_token.empty())) {
        throw std::runtime_error("token " + std::to_string(token) + " ('" + piece.substr(0, 100) + "')");
    }
    grammar.stacks.assign(stacks.begin(), stacks.end());
    grammar.partial_utf8 = partial;
}

void start(Engine & engine, llama_token token, const std::string & piece) {
    engine.grammar->awaiting_trigger = false;
    engine.grammar->trigger_buffer.clear();
    accept_piece(*engine.grammar, token, piece);
}

// Gives the grammar the text from `at` on, in the pieces in which it came.
void replay(Engine & engine, size_t at) {
    llama_grammar &   grammar   = *engine.grammar;
    const std::string text      = std::move(grammar.trigger_buffer);
    const auto        positions = std::move(grammar.trigger_buffer_positions);
    grammar.awaiting_trigger    = false;
    grammar.trigger_buffer.clear();
    grammar.trigger_buffer_positions.clear();
    for (const auto & [token, range] : positions) {
        if (range.second > at) {
            const size_t from = std::max(range.first, at);
            accept_piece(grammar, token, text.substr(from, range.second - from));
        }
    }
}

void cut_buffer(Engine & engine) {
    llama_grammar & grammar   = *engine.grammar;
    auto &          positions = grammar.trigger_buffer_positions;
    if (grammar.trigger_buffer.size() <= 2 * SEEN_TEXT) {
        return;
    }
    const size_t gone = grammar.trigger_buffer.size() - SEEN_TEXT;
    grammar.trigger_buffer.erase(0, gone);
    engine.cut = true;
    positions.erase(std::remove_if(positions.begin(), positions.end(), [=](const auto & p) { return p.second.second <= gone; }),
                    positions.end());
    for (auto & [token, range] : positions) {
        (void) token;
        range = { range.first - std::min(range.first, gone), range.second - gone };
    }
}

void await_trigger(Engine & engine, llama_token token, const std::string & piece) {
    llama_grammar &     grammar = *engine.grammar;
    const auto &        tokens  = engine.source->tokens;
    if (std::find(tokens.begin(), tokens.end(), token) != tokens.end()) {
        start(engine, token, piece);
        return;
    }
    const size_t before = grammar.trigger_buffer.size();
    grammar.trigger_buffer += piece;
    grammar.trigger_buffer_positions.push_back({ token, { before, grammar.trigger_buffer.size() } });
    for (const TriggerPattern & pattern : engine.source->patterns) {
        const size_t at = pattern.find(grammar.trigger_buffer, !engine.cut);
        if (at != std::string::npos) {
            replay(engine, at);
            return;
        }
    }
    cut_buffer(engine);
}

Engine & engine_of(const llama_sampler * sampler) {
    return *static_cast<Engine *>(sampler->ctx);
}

const char * sampler_name(const llama_sampler * /*sampler*/) {
    return "grammar";
}

void sampler_accept(llama_sampler * sampler, llama_token token) {
    Engine &            engine  = engine_of(sampler);
    llama_grammar &     grammar = *engine.grammar;
    const std::string & piece   = grammar.vocab->token_to_piece(token);
    if (grammar.awaiting_trigger) {
        await_trigger(engine, token, piece);
    } else if (grammar.vocab->is_eog(token)) {
        if (std::none_of(grammar.stacks.begin(), grammar.stacks.end(), [](const Stack & stack) { return stack.empty(); })) {
            throw AbortException{ "the grammar does not allow the text to end here" };
        }
    } else {
        accept_piece(grammar, token, piece);
    }
}

void sampler_apply(llama_sampler * sampler, llama_token_data_array * candidates) {
    const Meter meter;
    llama_grammar_apply_impl(*engine_of(sampler).grammar, candidates);
}

std::unique_ptr<llama_grammar> fresh_grammar(const llama_vocab * vocab, const GrammarSource & source) {
    std::unique_ptr<llama_grammar> grammar(new llama_grammar{ vocab, source.rules, {}, {}, source.lazy, source.lazy, "", {}, {}, {} });
    grammar->stacks = start_stacks(grammar->rules, source.root);
    return grammar;
}

void sampler_reset(llama_sampler * sampler) {
    Engine &        engine  = engine_of(sampler);
    llama_grammar & grammar = *engine.grammar;
    grammar.stacks           = start_stacks(grammar.rules, engine.source->root);
    grammar.partial_utf8     = {};
    grammar.awaiting_trigger = grammar.lazy;
    grammar.trigger_buffer.clear();
    grammar.trigger_buffer_positions.clear();
    engine.cut = false;
}

// Elements by address, so that stacks can be moved to a copy of the rules.
void move_stacks(llama_grammar_stacks & stacks, const llama_grammar_rules & from, const llama_grammar_rules & to) {
    std::vector<std::pair<const llama_grammar_element *, size_t>> rules;
    for (size_t i = 0; i < from.size(); i++) {
        rules.emplace_back(from[i].data(), i);
    }
    std::sort(rules.begin(), rules.end());
    for (Stack & stack : stacks) {
        for (const llama_grammar_element *& e : stack) {
            const auto & rule = *std::prev(std::upper_bound(rules.begin(), rules.end(), std::make_pair(e, SIZE_MAX)));
            e                 = to[rule.second].data() + (e - rule.first);
        }
    }
}

llama_sampler * sampler_clone(const llama_sampler * sampler);

void sampler_free(llama_sampler * sampler) {
    delete static_cast<Engine *>(sampler->ctx);
}

llama_sampler_i sampler_functions = {
    sampler_name, sampler_accept, sampler_apply, sampler_reset, sampler_clone, sampler_free,
    nullptr,      nullptr,        nullptr,       nullptr,       nullptr,       nullptr,
};

llama_sampler * sampler_clone(const llama_sampler * sampler) {
    const Engine & engine  = engine_of(sampler);
    auto           copy    = std::make_unique<Engine>();
    copy->source           = engine.source;
    copy->cut              = engine.cut;
    copy->grammar.reset(new llama_grammar(*engine.grammar));
    move_stacks(copy->grammar->stacks, engine.grammar->rules, copy->grammar->rules);
    return llama_sampler_init(&sampler_functions, copy.release());
}

}  // namespace

llama_sampler * new_grammar_sampler(const llama_vocab * vocab, std::shared_ptr<const GrammarSource> source) {
    auto engine     = std::make_unique<Engine>();
    engine->grammar = fresh_grammar(vocab, *source);
    engine->source  = std::move(source);
    return llama_sampler_init(&sampler_functions, engine.release());
}

}  // namespace tokapu
