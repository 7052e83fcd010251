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

    explicit AnswerParser(std::shared_ptr<const AnswerParsers> parsers) : Object(KIND), parsers(std::move(parsers)) {}

    const std::shared_ptr<const AnswerParsers> parsers;
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

// Whether a format understands the answer; the message is what it found.
bool understands(const common_chat_parser_params & format, const std::string & text, bool partial, common_chat_msg & message) {
    try {
        message = common_chat_parse(text, partial, format);
        return true;
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception &) {  // another one may understand it
        return false;
    }
}

// In a part of an answer the first character of a tag may still look like that of a value.
bool has_text(const common_chat_msg & message, bool partial) {
    return message.content.size() > (partial ? 1U : 0U);
}

common_chat_msg parse(const AnswerParsers & parser, const std::string & text, bool partial) {
    common_chat_msg message;
    for (const common_chat_parser_params & call : parser.calls) {
        if (understands(call, text, partial, message) && has_call(message)) {
            return message;
        }
    }
    if (parser.texts.size() > 1 && understands(parser.texts.front(), text, partial, message)) {
        common_chat_msg other;
        const bool better =
            message.content.empty() && understands(parser.texts.back(), text, partial, other) && has_text(other, partial);
        return better ? other : message;
    }
    return common_chat_parse(text, partial, parser.texts.back());
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

std::vector<common_chat_parser_params> parsers_of(const std::vector<common_chat_params> & formats) {
    std::vector<common_chat_parser_params> result;
    for (const common_chat_params & format : formats) {
        result.push_back(parser_of(format));
    }
    return result;
}

bool stays_text(const common_chat_parser_params & parser, const std::string & probe) {
    common_chat_msg message;
    return understands(parser, probe, false, message) && message.content == probe && message.reasoning_content.empty() &&
           message.tool_calls.empty();
}

// Whether an answer is its text alone, as it is.
bool is_text_alone(const AnswerFormat & answer) {
    const common_chat_params & format = answer.texts.front();
    if (!answer.calls.empty() || answer.texts.size() > 1) {
        return false;
    }
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

}  // namespace

bool reads(const common_chat_params & format, const std::string & answer, const std::string & text) {
    common_chat_msg message;
    return understands(parser_of(format), answer, false, message) && message.content == text;
}

std::shared_ptr<const AnswerParsers> parsers_of(const AnswerFormat & format) {
    if (is_text_alone(format)) {
        return nullptr;
    }
    return std::make_shared<const AnswerParsers>(AnswerParsers{ parsers_of(format.calls), parsers_of(format.texts) });
}

int64_t new_answer_parser(std::shared_ptr<const AnswerParsers> parsers) {
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
            within_template_budget({ answer.size(), 0 }, [&] { parsing([&] { result = to_json(parse(*object->parsers, answer, partial != 0)); }); });
        });
        return text_out_or_cache(std::move(result), buf, capacity, length);
    });
}

}  // extern "C"
