#include "chat/answer_format.h"

#include "chat-peg-parser.h"
#include "chat/answer_frame.h"
#include "chat/answer_grammar.h"
#include "chat/answer_parser.h"
#include "core/guard.h"
#include "json-schema-to-grammar.h"

#include <algorithm>

namespace tokapu {

namespace {

// A value that stands for the answer where llama.cpp makes grammars of schemas: ours goes there. The grammar has it as JSON.
const char * const VALUE   = "tokapu-value";
const char * const LITERAL = "\"\\\"tokapu-value\\\"\"";

common_json value_schema() {
    return common_json::object({ { "const", VALUE } });
}

AnswerFormat plain_format(const common_chat_params & params, const ChatRequest & request) {
    return { with_sound_repetitions(params.grammar, request.inputs.parallel_tool_calls), params.grammar_lazy, params.grammar_triggers, {}, { params } };
}

// What must be a call of a tool.
common_chat_params tool_call(const common_chat_templates & templates, const ChatRequest & request) {
    common_chat_templates_inputs inputs = request.inputs;
    inputs.tool_choice                  = COMMON_CHAT_TOOL_CHOICE_REQUIRED;
    if (!request.tool_name.empty()) {
        inputs.tools.clear();
        for (const common_chat_tool & tool : request.inputs.tools) {
            if (tool.name == request.tool_name) {
                inputs.tools.push_back(tool);
            }
        }
        if (inputs.tools.empty()) {
            fail(TOKAPU_ERROR_TEMPLATE, "the tool to be called, '%s', is none of the tools", request.tool_name.c_str());
        }
    }
    common_chat_params result = common_chat_templates_apply(&templates, inputs);
    result.grammar            = without_text_before_calls(with_sound_repetitions(result.grammar, inputs.parallel_tool_calls));
    return result;
}

// A text in parts that begin with a tag each.
std::vector<std::string> tags(const std::string & text) {
    std::vector<std::string> result;
    for (size_t at = 0; at < text.size();) {
        const size_t next = std::min(text.find('<', at + 1), text.size());
        result.push_back(text.substr(at, next - at));
        at = next;
    }
    return result;
}

std::string trimmed(const std::string & text) {
    const char * const blanks = " \t\r\n";
    const size_t       from   = text.find_first_not_of(blanks);
    return from == std::string::npos ? "" : text.substr(from, text.find_last_not_of(blanks) + 1 - from);
}

// What comes behind an answer, as far as the model writes it: some of the tags may end it.
common_peg_parser behind(common_chat_peg_builder & p, const std::string & after) {
    const std::vector<std::string> parts  = tags(trimmed(after));
    common_peg_parser              result = p.eps();
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
        result = p.optional(part == parts.rbegin() ? p.literal(*part) : p.literal(*part) + result);
    }
    return result;
}

common_peg_parser framed(common_chat_peg_builder & p, const AnswerFrame & frame, const common_peg_parser & value) {
    const std::string end = trimmed(frame.between);
    if (end.empty()) {
        return p.literal(frame.before) + p.space() + value + behind(p, frame.after);
    }
    return p.literal(frame.before) + p.reasoning(p.until(trimmed(tags(end).front()))) + p.optspace(frame.between) + p.space() + value +
           behind(p, frame.after);
}

// The value alone or in the frame of a text, perhaps behind a thought in the tags that llama.cpp knows.
common_peg_parser unframed(common_chat_peg_builder & p, const std::vector<AnswerFrame> & frames, const common_chat_params & prompt,
                           const common_peg_parser & value) {
    const std::string start   = prompt.thinking_start_tag;
    const std::string end     = prompt.thinking_end_tags.empty() ? "" : prompt.thinking_end_tags.front();
    const auto        thought = end.empty() ? p.eps() : p.optional(p.optspace(start) + p.reasoning(p.until(end)) + p.optspace(end));
    const auto        begin   = p.prefix(prompt.generation_prompt, start) + thought + p.space();
    if (frames.empty()) {
        return begin + value;
    }
    const std::string before = trimmed(frames.front().before.substr(prompt.generation_prompt.size()));
    return begin + (before.empty() ? p.space() : p.optional(p.literal(before))) + value + behind(p, frames.front().after);
}

// The value in the frames of a text.
common_chat_params framed_value(const std::vector<AnswerFrame> & frames, const common_chat_params & prompt) {
    common_chat_params result;
    result.format            = COMMON_CHAT_FORMAT_PEG_NATIVE;
    result.generation_prompt = prompt.generation_prompt;
    const bool thought = std::any_of(frames.begin(), frames.end(), [](const AnswerFrame & frame) { return !frame.between.empty(); });
    const auto parser  = build_chat_peg_parser([&](common_chat_peg_builder & p) {
        const auto value   = p.rule("framed", p.content(p.schema(p.json(), "answer", value_schema())));
        auto       answers = p.choice();
        for (const AnswerFrame & frame : frames) {
            answers |= framed(p, frame, value);
        }
        if (frames.empty() || (!thought && !prompt.thinking_end_tags.empty())) {
            answers |= unframed(p, frames, prompt, value);
        }
        return answers + p.end();
    });
    result.parser  = parser.save();
    result.grammar = build_grammar([&](const common_grammar_builder & builder) { parser.build_grammar(builder, false); });
    return result;
}

// Whether an answer in each of the frames is one for llama.cpp, too.
bool understands(const common_chat_params & format, const std::vector<AnswerFrame> & frames) {
    const std::string text = value_schema().at("const").dump();
    return std::all_of(frames.begin(), frames.end(), [&](const AnswerFrame & frame) {
        const std::string thought = frame.between.empty() ? "" : "thought";
        return reads(format, (frame.before + thought + frame.between).substr(format.generation_prompt.size()) + text, text);
    });
}

// What must be a value, whose grammar is the request's: as llama.cpp has it, and in the template's frame where that is another.
std::vector<common_chat_params> values(const common_chat_templates & templates, const ChatRequest & request,
                                       const common_chat_params & prompt) {
    common_chat_templates_inputs inputs = request.inputs;
    inputs.tool_choice                  = COMMON_CHAT_TOOL_CHOICE_NONE;
    inputs.json_schema                  = value_schema().dump();
    common_chat_params                   known  = common_chat_templates_apply(&templates, inputs);
    const std::vector<AnswerFrame>       frames = answer_frames(templates, request.inputs, prompt.generation_prompt);
    std::vector<common_chat_params>      result;
    known.grammar = with_value(known.grammar, LITERAL, request.answer_grammar);
    if (!known.grammar.empty()) {
        result.push_back(known);
    }
    if (known.grammar.empty() || !understands(known, frames)) {
        common_chat_params framed = framed_value(frames, prompt);
        framed.grammar            = with_value(framed.grammar, LITERAL, request.answer_grammar);
        if (!framed.grammar.empty()) {
            result.push_back(framed);
        }
    }
    if (result.empty()) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "this chat template cannot be combined with a grammar for the answer");
    }
    return result;
}

}  // namespace

AnswerFormat answer_format(const common_chat_templates & templates, const ChatRequest & request,
                           const common_chat_params & prompt) {
    const common_chat_templates_inputs & inputs = request.inputs;
    const bool callable = !inputs.tools.empty() && inputs.tool_choice != COMMON_CHAT_TOOL_CHOICE_NONE;
    if (!request.tool_name.empty() || (callable && inputs.tool_choice == COMMON_CHAT_TOOL_CHOICE_REQUIRED)) {
        return plain_format(tool_call(templates, request), request);
    }
    if (request.answer_grammar.empty()) {
        return plain_format(prompt, request);
    }
    const std::vector<common_chat_params> answers = values(templates, request, prompt);
    std::string grammar = answers.front().grammar;
    if (answers.size() > 1) {
        grammar = either(grammar, answers.back().grammar);
    }
    if (!callable) {
        return { grammar, false, {}, {}, answers };
    }
    const common_chat_params call = tool_call(templates, request);
    if (call.grammar.empty()) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "this chat template has no grammar for tool calls, so that tools and a typed answer cannot be "
                                       "asked for at once");
    }
    return { either(call.grammar, grammar), false, {}, { call }, answers };
}

}  // namespace tokapu
