#include "chat/template_origin.h"

#include <algorithm>
#include <set>

namespace tokapu {

namespace {

// No identifier of a template has a blank.
const char * const OWN = "own text";

thread_local OriginRecorder * recorder = nullptr;

// The template's tokens with each literal as argument of the function that marks it.
std::vector<jinja::token> marked(const std::vector<jinja::token> & tokens) {
    using jinja::token;
    std::vector<token> result;
    for (size_t i = 0; i < tokens.size(); i++) {
        token      literal = tokens[i];
        const bool text    = literal.t == token::text;
        if (!text && literal.t != token::string_literal) {
            result.push_back(literal);
            continue;
        }
        while (!text && i + 1 < tokens.size() && tokens[i + 1].t == token::string_literal) {
            literal.value += tokens[++i].value;
        }
        const size_t pos = literal.pos;
        literal.t        = token::string_literal;
        if (text) {
            result.push_back({ token::open_expression, "{{", pos });
        }
        result.push_back({ token::identifier, OWN, pos });
        result.push_back({ token::open_paren, "(", pos });
        result.push_back(literal);
        result.push_back({ token::close_paren, ")", pos });
        if (text) {
            result.push_back({ token::close_expression, "}}", pos });
        }
    }
    return result;
}

jinja::value own_text(const jinja::string & text) {
    auto own = jinja::mk_val<jinja::value_string>(text);
    own->mark_input();
    return own;
}

// A copy of JSON without marks; the texts in it are collected.
jinja::value unmarked(const jinja::value & value, std::vector<std::string> & texts) {
    using namespace jinja;
    if (is_val<value_string>(value)) {
        texts.push_back(value->as_string().str());
        return mk_val<value_string>(texts.back());
    }
    if (is_val<value_array>(value) && !is_val<value_tuple>(value)) {
        auto copy = mk_val<value_array>();
        for (const auto & element : value->as_array()) {
            copy->push_back(unmarked(element, texts));
        }
        return copy;
    }
    if (is_val<value_object>(value)) {
        auto copy          = mk_val<value_object>();
        copy->has_builtins = cast_val<value_object>(value)->has_builtins;
        for (const auto & [key, element] : value->as_ordered_object()) {
            if (is_val<value_string>(key)) {
                texts.push_back(key->as_string().str());
            }
            copy->insert(key, unmarked(element, texts));
        }
        return copy;
    }
    return value;
}

// The names of roles are no text of users.
void mark_roles(const jinja::value & messages, std::vector<std::string> & trusted) {
    using namespace jinja;
    if (!is_val<value_array>(messages)) {
        return;
    }
    const auto key = mk_val<value_string>(std::string("role"));
    for (const auto & message : messages->as_array()) {
        if (is_val<value_object>(message) && message->has_key(key)) {
            value & role = message->at(key);
            if (is_val<value_string>(role)) {
                cast_val<value_string>(role)->mark_input();
                trusted.push_back(role->as_string().str());
            }
        }
    }
}

}  // namespace

struct OriginRecorder::Rendering {
    std::string                      text;
    std::shared_ptr<jinja::context>  variables;
    std::vector<std::string>         inputs;
    std::vector<std::string>         trusted;   // texts of variables that no user writes
    const jinja::statements *        program;   // with marked literals
    const std::vector<std::string> * literals;
    jinja::value                     results;
};

namespace {

bool any_holds(const std::vector<std::string> & texts, const std::string & part) {
    return std::any_of(texts.begin(), texts.end(), [&](const std::string & text) { return text.find(part) != std::string::npos; });
}

jinja::value run(const jinja::statements & program, jinja::context & variables) {
    auto results = jinja::mk_val<jinja::value_array>();
    for (const auto & statement : program) {
        results->push_back(statement->execute(variables));
    }
    return results;
}

// Whether two variables are the same JSON.
bool same(const jinja::value & one, const jinja::value & other) {
    using namespace jinja;
    const value_t & a = *one;
    const value_t & b = *other;
    if (typeid(a) != typeid(b)) {
        return false;
    }
    if (is_val<value_string>(one)) {
        return one->as_string().str() == other->as_string().str();
    }
    if (is_val<value_int>(one) || is_val<value_float>(one) || is_val<value_bool>(one)) {
        return a.val_int == b.val_int && a.val_flt == b.val_flt;
    }
    if (is_val<value_array>(one)) {
        return std::equal(a.as_array().begin(), a.as_array().end(), b.as_array().begin(), b.as_array().end(), same);
    }
    if (is_val<value_object>(one)) {
        const auto & pairs  = a.as_ordered_object();
        const auto & others = b.as_ordered_object();
        return std::equal(pairs.begin(), pairs.end(), others.begin(), others.end(),
                          [](const auto & p, const auto & q) { return same(p.first, q.first) && same(p.second, q.second); });
    }
    return one == other || is_val<value_none>(one) || one->is_undefined();
}

std::vector<jinja::string_part> parts_of(const jinja::value & results) {
    auto parts = jinja::mk_val<jinja::value_string>();
    jinja::gather_string_parts_recursive(results, parts);
    return parts->val_str.parts;
}

class Observed : public jinja::statement {
  public:
    explicit Observed(common_chat_template & chat_template) :
        bos_token(chat_template.bos_token()),
        eos_token(chat_template.eos_token()) {
        pos          = 0;
        auto lexed   = jinja::lexer().tokenize(chat_template.source());
        std::set<std::string> found;
        for (const jinja::token & token : lexed.tokens) {
            if (token.t == jinja::token::identifier) {
                found.insert(token.value);
            }
        }
        names.assign(found.begin(), found.end());
        lexed.tokens = marked(lexed.tokens);
        for (const jinja::token & token : lexed.tokens) {
            if (token.t == jinja::token::string_literal) {
                literals.push_back(token.value);
            }
        }
        observed = jinja::parse_from_tokens(lexed);
        original = std::move(chat_template.prog.body);
    }

    std::string type() const override { return "Program"; }

    jinja::value execute_impl(jinja::context & variables) const override {
        if (recorder == nullptr) {
            return run(original, variables);
        }
        OriginRecorder::Rendering rendering{ "", std::make_shared<jinja::context>(variables), {}, {}, &observed.body, &literals,
                                             nullptr };
        take(variables, rendering);
        // llama.cpp renders a conversation twice in the same way: for the prompt and for what begins the answer.
        for (const OriginRecorder::Rendering & known : recorder->all()) {
            if (is_same(known, rendering)) {
                return known.results;
            }
        }
        rendering.results = run(original, variables);
        for (const auto & part : parts_of(rendering.results)) {
            rendering.text += part.val;
        }
        const jinja::value results = rendering.results;
        recorder->add(std::move(rendering));
        return results;
    }

  private:
    bool is_same(const OriginRecorder::Rendering & one, const OriginRecorder::Rendering & other) const {
        return one.program == other.program && one.inputs == other.inputs &&
               std::all_of(names.begin(), names.end(), [&](const std::string & name) {
                   return same(one.variables->get_val(name), other.variables->get_val(name));
               });
    }

    void take(jinja::context & from, OriginRecorder::Rendering & to) const {
        for (const std::string & name : names) {
            const jinja::value value = from.get_val(name);
            if (value->is_undefined()) {
                continue;
            }
            if (is_token(name, value)) {
                to.variables->set_val(name, own_text(value->as_string()));
                to.trusted.push_back(value->as_string().str());
                continue;
            }
            const jinja::value copy = unmarked(value, to.inputs);
            if (name == "messages") {
                mark_roles(copy, to.trusted);
            }
            to.variables->set_val(name, copy);
        }
        to.variables->set_val(OWN, jinja::mk_val<jinja::value_func>(OWN, [](const jinja::func_args & args) {
            return own_text(args.get_pos(0)->as_string());
        }));
    }

    bool is_token(const std::string & name, const jinja::value & value) const {
        const bool bos = name == "bos_token";
        return (bos || name == "eos_token") && jinja::is_val<jinja::value_string>(value) &&
               value->as_string().str() == (bos ? bos_token : eos_token);
    }

    const std::string        bos_token;
    const std::string        eos_token;
    jinja::statements        original;
    jinja::program           observed;
    std::vector<std::string> literals;
    std::vector<std::string> names;
};

}  // namespace

void observe(common_chat_template & chat_template) {
    auto observed = std::make_unique<Observed>(chat_template);
    chat_template.prog.body.clear();
    chat_template.prog.body.push_back(std::move(observed));
}

OriginRecorder::OriginRecorder() {
    recorder = this;
}

OriginRecorder::~OriginRecorder() {
    recorder = nullptr;
}

void OriginRecorder::add(Rendering && rendering) {
    renderings.push_back(std::move(rendering));
}

std::vector<std::string> OriginRecorder::inputs() const {
    std::vector<std::string> result;
    for (const Rendering & rendering : renderings) {
        result.insert(result.end(), rendering.inputs.begin(), rendering.inputs.end());
    }
    return result;
}

Origin OriginRecorder::of(const std::string & prompt) const {
    for (const Rendering & rendering : renderings) {
        // llama.cpp takes the text of BOS and EOS off where the tokenizer adds the tokens.
        const size_t at = rendering.text.find(prompt);
        if (at == std::string::npos) {
            continue;
        }
        Origin result;
        jinja::context variables(*rendering.variables);
        const auto     parts = parts_of(run(*rendering.program, variables));
        for (const auto & part : parts) {
            // Where other text was put into a literal, the part is no literal any more.
            const bool own = part.is_input && (any_holds(*rendering.literals, part.val) || any_holds(rendering.trusted, part.val));
            result.text += part.val;
            result.own.insert(result.own.end(), part.val.size(), own);
        }
        if (result.text != rendering.text) {
            return {};
        }
        result.text   = prompt;
        result.own    = std::vector<bool>(result.own.begin() + static_cast<std::ptrdiff_t>(at),
                                          result.own.begin() + static_cast<std::ptrdiff_t>(at + prompt.size()));
        result.inputs = rendering.inputs;
        return result;
    }
    return {};
}

}  // namespace tokapu
