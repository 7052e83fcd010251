#include "chat/chat_spans.h"

#include "chat-auto-parser.h"
#include "chat/template_origin.h"
#include "core/utf8_check.h"

#include <algorithm>
#include <cctype>

// As common/chat.cpp defines it, word for word (CheckChatTemplates.cmake compares them): there is no other way to a template.
struct common_chat_templates {
    bool add_bos;
    bool add_eos;
    bool has_explicit_template;  // Model had builtin template or template overridden was specified.
    std::unique_ptr<common_chat_template> template_default;  // always set (defaults to chatml)
    std::unique_ptr<common_chat_template> template_tool_use;
};

namespace tokapu {

namespace {

const char * const REPLACEMENT = "\xef\xbf\xbd";

// A template may cut characters into halves: U+FFFD in place of each byte that belongs to none.
void repair(std::string & text, std::vector<bool> & own) {
    std::string       whole;
    std::vector<bool> flags;
    size_t            from = 0;
    while (from < text.size()) {
        const std::string rest = text.substr(from, 64);
        size_t            good = find_invalid_utf8(rest);
        whole.append(rest, 0, good);
        flags.insert(flags.end(), own.begin() + static_cast<std::ptrdiff_t>(from),
                     own.begin() + static_cast<std::ptrdiff_t>(from + good));
        from += good;
        if (good == 0) {
            whole += REPLACEMENT;
            flags.insert(flags.end(), 3, false);
            from++;
        }
    }
    text = std::move(whole);
    own  = std::move(flags);
}

// Whether the variables of a template could have brought a marker's text into the prompt, whole or in pieces.
bool may_come_from(const std::vector<std::string> & inputs, const std::string & marker) {
    const size_t      n    = std::min<size_t>(2, marker.size());
    const std::string head = marker.substr(0, n);
    const std::string tail = marker.substr(marker.size() - n);
    return std::any_of(inputs.begin(), inputs.end(), [&](const std::string & input) {
        return input.find(head) != std::string::npos || input.find(tail) != std::string::npos;
    });
}

bool is_blank(char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

constexpr size_t SHORTEST_PART = 256;  // bytes: what is less costs more alone than with what stands beside it

// The prompt between markers that the template wrote.
struct Gap {
    size_t from;
    size_t to;
};

class Spans {
  public:
    Spans(const Markers & markers, const std::string & prompt, const Origin & origin) :
        markers(markers),
        prompt(prompt),
        origin(origin),
        run_ends(prompt.size()) {
        for (size_t i = prompt.size(); i-- > 0;) {
            const bool last = i + 1 == prompt.size() || origin.own[i] != origin.own[i + 1];
            run_ends[i]     = last ? i + 1 : run_ends[i + 1];
        }
    }

    // Fills in the parts of the prompt.
    void divide(SpannedPrompt & result) const {
        Gap gap{ 0, 0 };
        for (size_t at = 0; at < prompt.size();) {
            const Markers::Marker * marker = genuine_at(at);
            if (marker == nullptr) {
                at++;
                continue;
            }
            gap.to = at;
            while ((marker->attributes & LLAMA_TOKEN_ATTR_LSTRIP) != 0 && gap.to > gap.from && is_blank(prompt[gap.to - 1])) {
                gap.to--;
            }
            add(result.plain, gap);
            add_cut(result.cuts, *marker, at);
            at += marker->text.size();
            gap.from = at;
            while ((marker->attributes & LLAMA_TOKEN_ATTR_RSTRIP) != 0 && gap.from < prompt.size() && is_blank(prompt[gap.from])) {
                gap.from++;
            }
            at = gap.from;
        }
        gap.to = prompt.size();
        add(result.plain, gap);
    }

  private:
    const Markers::Marker * genuine_at(size_t at) const {
        const Markers::Marker * marker = markers.longest_at(prompt, at, run_ends[at]);
        return marker == nullptr || origin.own[at] || !may_come_from(origin.inputs, marker->text) ? marker : nullptr;
    }

    void add(std::vector<std::pair<size_t, size_t>> & result, const Gap & gap) const {
        for (size_t at = gap.from; at < gap.to; at++) {
            if (markers.longest_at(prompt, at, gap.to) != nullptr) {
                result.emplace_back(gap.from, gap.to);
                return;
            }
        }
    }

    // Where cuts are depends on what stands before them alone: a conversation that grows keeps them.
    void add_cut(std::vector<size_t> & cuts, const Markers::Marker & marker, size_t at) const {
        const size_t last = cuts.empty() ? 0 : cuts.back();
        if (at + marker.text.size() < last + SHORTEST_PART) {
            return;
        }
        const size_t cut = markers.cut_behind(prompt, marker, at);
        if (cut < prompt.size()) {
            cuts.push_back(cut);
        }
    }

    const Markers &     markers;
    const std::string & prompt;
    const Origin &      origin;
    std::vector<size_t> run_ends;  // where the template's own text, or the other, ends that a byte belongs to
};

// It is chosen by the template's source; a conversation that the template refuses comes after the choice.
bool is_specialized(const common_chat_template & chat_template) {
    autoparser::generation_params params;
    params.messages = common_json::array();
    params.messages.push_back({ { "role", "user" }, { "content", "x" } });
    try {
        return common_chat_try_specialized_template(chat_template, chat_template.source(), params).has_value();
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception &) {
        return true;
    }
}

}  // namespace

bool is_specialized(const common_chat_templates & templates) {
    return is_specialized(*templates.template_default) ||
           (templates.template_tool_use && is_specialized(*templates.template_tool_use));
}

void observe(common_chat_templates & templates) {
    observe(*templates.template_default);
    if (templates.template_tool_use) {
        observe(*templates.template_tool_use);
    }
}

SpannedPrompt apply_spanned(const common_chat_templates & templates, const common_chat_templates_inputs & inputs,
                            const Markers & markers) {
    const OriginRecorder recorder;
    SpannedPrompt        result{ common_chat_templates_apply(&templates, inputs), {}, {} };
    std::string &        prompt = result.params.prompt;
    Origin               origin = recorder.of(prompt);
    if (origin.text != prompt) {
        // Unknown: only markers whose text no variable holds count as the template's own.
        origin = { prompt, std::vector<bool>(prompt.size(), false), recorder.inputs() };
    }
    if (find_invalid_utf8(prompt) < prompt.size()) {
        repair(prompt, origin.own);
    }
    Spans(markers, prompt, origin).divide(result);
    return result;
}

}  // namespace tokapu
