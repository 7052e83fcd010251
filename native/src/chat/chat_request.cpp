#include "chat/chat_request.h"

#include "chat/template_budget.h"
#include "core/guard.h"

namespace tokapu {

namespace {

constexpr int MAX_JSON_DEPTH    = 200;
constexpr int MAX_REQUEST_DEPTH = MAX_JSON_DEPTH + 10;  // what lies around arguments and schemas
constexpr int MAX_TEXT_DEPTH    = 10'000;               // text that need not be JSON: what the stack suffices for

bool flag(const common_json & request, const char * key, bool otherwise) {
    if (!request.contains(key)) {
        return otherwise;
    }
    if (!request.at(key).is_boolean()) {
        fail(TOKAPU_ERROR_TEMPLATE, "'%s' must be true or false", key);
    }
    return request.at(key).get<bool>();
}

// Texts that llama.cpp parses as JSON, besides the request.
void check_texts(const common_chat_msg & message) {
    for (const common_chat_tool_call & call : message.tool_calls) {
        require_json_depth(call.arguments.data(), call.arguments.size(), MAX_JSON_DEPTH, "the arguments of a tool call");
    }
    if (message.role == "tool") {
        require_json_depth(message.content.data(), message.content.size(), MAX_TEXT_DEPTH, "the result of a tool");
    }
}

// A grammar or a name; "" when it is not there.
std::string text_of(const common_json & request, const char * key) {
    if (!request.contains(key)) {
        return "";
    }
    if (!request.at(key).is_string()) {
        fail(TOKAPU_ERROR_TEMPLATE, "'%s' must be a text", key);
    }
    return request.at(key).get<std::string>();
}

}  // namespace

ChatRequest read_request(const std::string & text, const RequestDefaults & defaults) {
    require_json_depth(text.data(), text.size(), MAX_REQUEST_DEPTH, "the request");
    const common_json request = common_json::parse(text);
    if (!request.is_object()) {
        fail(TOKAPU_ERROR_TEMPLATE, "the request must be a JSON object");
    }
    if (!request.contains("messages") || !request.at("messages").is_array() || request.at("messages").empty()) {
        fail(TOKAPU_ERROR_TEMPLATE, "the request must have 'messages', an array of at least one chat message");
    }
    ChatRequest                    result;
    common_chat_templates_inputs & inputs = result.inputs;
    inputs.use_jinja             = true;
    inputs.messages              = common_chat_msgs_parse_oaicompat(request.at("messages"));
    for (const common_chat_msg & message : inputs.messages) {
        check_texts(message);
    }
    inputs.add_generation_prompt = flag(request, "add_generation_prompt", true);
    inputs.parallel_tool_calls   = flag(request, "parallel_tool_calls", defaults.parallel);
    inputs.enable_thinking       = flag(request, "enable_thinking", defaults.thinking);
    if (request.contains("tools") && !request.at("tools").is_null()) {
        inputs.tools = common_chat_tools_parse_oaicompat(request.at("tools"));
    }
    if (request.contains("tool_choice")) {
        inputs.tool_choice = common_chat_tool_choice_parse_oaicompat(request.at("tool_choice").get<std::string>());
    }
    inputs.chat_template_kwargs["preserve_reasoning"] = "true";  // as llama-server's arguments have it
    if (request.contains("chat_template_kwargs")) {
        const common_json & arguments = request.at("chat_template_kwargs");
        if (!arguments.is_object()) {
            fail(TOKAPU_ERROR_TEMPLATE, "'chat_template_kwargs' must be a JSON object");
        }
        for (const auto & item : arguments.items()) {
            inputs.chat_template_kwargs[item.key()] = item.value().dump();
        }
        inputs.enable_thinking = flag(arguments, "enable_thinking", inputs.enable_thinking);
    }
    inputs.reasoning_format = COMMON_REASONING_FORMAT_DEEPSEEK;
    if (request.contains("reasoning_format")) {
        inputs.reasoning_format = common_reasoning_format_from_name(text_of(request, "reasoning_format"));
    }
    result.wants_parser   = flag(request, "answer_parser", false);
    result.tool_name      = text_of(request, "tool_name");
    result.answer_grammar = text_of(request, "answer_grammar");
    return result;
}

}  // namespace tokapu
