// Answers of chat models, taken apart by llama.cpp's common library: text, thoughts, tool calls.
#include "chat/answer_parser.h"

#include "chat/template_budget.h"
#include "chat/text_cache.h"
#include "core/arguments.h"
#include "core/handles.h"

#include <algorithm>

namespace tokapu {

namespace {

constexpr std::ptrdiff_t MAX_BRACKETS = 20'000;  // each may take the parser a level deeper: what the stack suffices for

class AnswerParser : public Object {
  public:
    static constexpr Kind KIND = Kind::answer_parser;

    explicit AnswerParser(std::vector<common_chat_parser_params> formats) : Object(KIND), formats(std::move(formats)) {}

    const std::vector<common_chat_parser_params> formats;
};

// Errors of the JSON parser and the parser of answers.
template <class F> void parsing(F && body) {
    try {
        std::forward<F>(body)();
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception & e) {
        fail(TOKAPU_ERROR_ANSWER, "%.500s", e.what());
    }
}

bool has_call(const common_chat_msg & message) {
    return std::any_of(message.tool_calls.begin(), message.tool_calls.end(),
                       [](const common_chat_tool_call & call) { return !call.name.empty(); });
}

common_chat_msg parse(const AnswerParser & parser, const std::string & text, bool partial) {
    for (size_t i = 0; i + 1 < parser.formats.size(); i++) {
        try {
            common_chat_msg message = common_chat_parse(text, partial, parser.formats[i]);
            if (has_call(message)) {
                return message;
            }
        } catch (const std::bad_alloc &) {
            throw;
        } catch (const std::exception &) {  // the next one may understand it
        }
    }
    return common_chat_parse(text, partial, parser.formats.back());
}

std::string to_json(const common_chat_msg & message) {
    common_json calls = common_json::array();
    for (const common_chat_tool_call & call : message.tool_calls) {
        calls.push_back({ { "id", call.id }, { "name", call.name }, { "arguments", call.arguments } });
    }
    common_json result =
        common_json::object({ { "content", message.content }, { "reasoning_content", message.reasoning_content } });
    result["tool_calls"] = calls;
    return result.dump_safe();
}

void check_text(const std::string & text) {
    const auto brackets = std::count_if(text.begin(), text.end(), [](char c) { return c == '{' || c == '['; });
    if (brackets > MAX_BRACKETS) {
        fail(TOKAPU_ERROR_ANSWER, "the answer has %lld opening brackets; at most %lld are parsed", static_cast<long long>(brackets),
             static_cast<long long>(MAX_BRACKETS));
    }
}

common_chat_parser_params parser_of(const common_chat_params & format) {
    common_chat_parser_params parser(format);
    if (!format.parser.empty()) {
        parser.parser.load(format.parser);
    }
    return parser;
}

bool stays_text(const common_chat_parser_params & parser, const std::string & probe) {
    try {
        const common_chat_msg message = common_chat_parse(probe, false, parser);
        return message.content == probe && message.reasoning_content.empty() && message.tool_calls.empty();
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception &) {
        return false;
    }
}

}  // namespace

bool is_text_alone(const common_chat_params & format) {
    if (format.supports_thinking || !format.grammar.empty()) {
        return false;
    }
    // What the parser looks for are the preserved tokens, also where a request without tools leaves nothing but a frame.
    const std::string        text = " a <b> [c] {\"d\": \"e\"}\n";
    std::vector<std::string> probes{ text };
    for (const std::string & token : format.preserved_tokens) {
        probes.push_back(token + text);
        probes.push_back(text + token);
    }
    const common_chat_parser_params parser = parser_of(format);
    return std::all_of(probes.begin(), probes.end(), [&](const std::string & probe) { return stays_text(parser, probe); });
}

int64_t new_answer_parser(const std::vector<common_chat_params> & formats) {
    std::vector<common_chat_parser_params> parsers;
    for (const common_chat_params & format : formats) {
        parsers.push_back(parser_of(format));
    }
    return put_handle(std::make_shared<AnswerParser>(std::move(parsers)));
}

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_answer_parser_free(int64_t parser) {
    return guarded([&] {
        take_handle(parser, Kind::answer_parser);
        return TOKAPU_OK;
    });
}

int32_t tokapu_answer_parser_parse(int64_t parser, const char * text, int32_t text_length, int32_t partial, char * buf,
                                   int32_t capacity, int32_t * length) {
    return guarded([&] {
        require(length, "length");
        require_buffer(buf, capacity, "buf");
        require_flag(partial, "partial");
        const std::string answer = text_in(text, text_length, "text");
        const auto        object = get<AnswerParser>(parser);
        std::string       result;
        check_text(answer);
        poisoning(*object, [&] {
            within_template_budget({ answer.size(), 0 }, [&] { parsing([&] { result = to_json(parse(*object, answer, partial != 0)); }); });
        });
        return text_out_or_cache(std::move(result), buf, capacity, length);
    });
}

}  // extern "C"
