// Chat templates: Jinja by llama.cpp's common library, JSON in and out.
#include "chat.h"
#include "chat/chat_spans.h"
#include "chat/template_budget.h"
#include "chat/text_cache.h"
#include "core/arguments.h"
#include "model/model.h"

#include <cstring>

namespace tokapu {

namespace {

constexpr int MAX_JSON_DEPTH    = 200;
constexpr int MAX_REQUEST_DEPTH = MAX_JSON_DEPTH + 10;  // what lies around arguments and schemas
constexpr int MAX_TEXT_DEPTH    = 10'000;               // text that need not be JSON: what the stack suffices for

class ChatTemplate : public Object {
  public:
    static constexpr Kind KIND = Kind::chat_template;

    ChatTemplate(std::shared_ptr<Model> model, common_chat_templates_ptr templates) :
        Object(KIND),
        model(std::move(model)),
        templates(std::move(templates)) {}

    ~ChatTemplate() override {
        swallowing("freeing a chat template", [this] {
            common_chat_templates * all = templates.release();  // lost where no thread can be had
            free_on_large_stack([all] { common_chat_templates_ptr{ all }.reset(); });
        });
    }

    const std::shared_ptr<Model> model;  // kept alive
    common_chat_templates_ptr    templates;
};

// Errors of the template engine, the JSON parser and the request are errors of the template or its input.
template <class F> void templating(F && body) {
    try {
        std::forward<F>(body)();
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception & e) {
        fail(TOKAPU_ERROR_TEMPLATE, "chat template: %s", e.what());
    }
}

std::shared_ptr<ChatTemplate> compile(const std::shared_ptr<Model> & model, const std::string & source) {
    // common_chat_templates_init() would silently take ChatML for a model without a template.
    const char * const own = llama_model_chat_template(model->llama, nullptr);
    if (source.empty() && own == nullptr) {
        fail(TOKAPU_ERROR_TEMPLATE, "this model has no chat template; pass one");
    }
    const size_t bytes = source.empty() ? std::strlen(own) : source.size();
    if (bytes > MAX_TEMPLATE_BYTES) {
        fail(TOKAPU_ERROR_TEMPLATE, "the chat template has %zu bytes; at most %zu are supported", bytes, MAX_TEMPLATE_BYTES);
    }
    common_chat_templates_ptr templates;
    within_template_budget({ bytes, 0 }, [&] {
        templating([&] {
            templates = common_chat_templates_init(model->llama, source);
            observe(*templates);
        });
    });
    return std::make_shared<ChatTemplate>(model, std::move(templates));
}

bool flag(const common_json & request, const char * key, bool otherwise) {
    if (!request.contains(key)) {
        return otherwise;
    }
    if (!request.at(key).is_boolean()) {
        fail(TOKAPU_ERROR_TEMPLATE, "'%s' must be true or false", key);
    }
    return request.at(key).get<bool>();
}

// About how many messages a request has; quotation marks in texts have backslashes.
size_t count_messages(const std::string & text) {
    static const std::string role = "\"role\":";
    size_t                   n    = 0;
    for (size_t at = text.find(role); at != std::string::npos; at = text.find(role, at + role.size())) {
        n++;
    }
    return n;
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

common_chat_templates_inputs read_request(const std::string & text) {
    require_json_depth(text.data(), text.size(), MAX_REQUEST_DEPTH, "the request");
    const common_json request = common_json::parse(text);
    if (!request.is_object()) {
        fail(TOKAPU_ERROR_TEMPLATE, "the request must be a JSON object");
    }
    if (!request.contains("messages") || !request.at("messages").is_array() || request.at("messages").empty()) {
        fail(TOKAPU_ERROR_TEMPLATE, "the request must have 'messages', an array of at least one chat message");
    }
    common_chat_templates_inputs inputs;
    inputs.use_jinja             = true;
    inputs.messages              = common_chat_msgs_parse_oaicompat(request.at("messages"));
    for (const common_chat_msg & message : inputs.messages) {
        check_texts(message);
    }
    inputs.add_generation_prompt = flag(request, "add_generation_prompt", true);
    inputs.parallel_tool_calls   = flag(request, "parallel_tool_calls", false);
    inputs.enable_thinking       = flag(request, "enable_thinking", true);
    if (request.contains("tools") && !request.at("tools").is_null()) {
        inputs.tools = common_chat_tools_parse_oaicompat(request.at("tools"));
    }
    if (request.contains("tool_choice")) {
        inputs.tool_choice = common_chat_tool_choice_parse_oaicompat(request.at("tool_choice").get<std::string>());
    }
    if (request.contains("chat_template_kwargs")) {
        const common_json & arguments = request.at("chat_template_kwargs");
        if (!arguments.is_object()) {
            fail(TOKAPU_ERROR_TEMPLATE, "'chat_template_kwargs' must be a JSON object");
        }
        for (const auto & item : arguments.items()) {
            inputs.chat_template_kwargs[item.key()] = item.value().dump();
        }
    }
    return inputs;
}

const char * trigger_name(common_grammar_trigger_type type) {
    switch (type) {
        case COMMON_GRAMMAR_TRIGGER_TYPE_TOKEN:
            return "token";
        case COMMON_GRAMMAR_TRIGGER_TYPE_WORD:
            return "word";
        case COMMON_GRAMMAR_TRIGGER_TYPE_PATTERN:
            return "pattern";
        case COMMON_GRAMMAR_TRIGGER_TYPE_PATTERN_FULL:
            return "pattern_full";
    }
    return "unknown";
}

// The prompt's bytes that are to be tokenized as characters: from, to, from, to ..
common_json plain_parts(const SpannedPrompt & prompt) {
    common_json result = common_json::array();
    for (const auto & [from, to] : prompt.plain) {
        result.push_back(static_cast<int64_t>(from));
        result.push_back(static_cast<int64_t>(to));
    }
    return result;
}

std::string to_json(const SpannedPrompt & prompt) {
    const common_chat_params & params = prompt.params;
    common_json triggers = common_json::array();
    for (const common_grammar_trigger & trigger : params.grammar_triggers) {
        triggers.push_back({ { "type", trigger_name(trigger.type) },
                             { "value", trigger.value },
                             { "token", static_cast<int64_t>(trigger.token) } });
    }
    common_json result = common_json::object({
        { "prompt", params.prompt },
        { "stops", params.additional_stops },
        { "format", common_chat_format_name(params.format) },
        { "grammar", params.grammar },
        { "grammar_lazy", params.grammar_lazy },
        { "generation_prompt", params.generation_prompt },
        { "supports_thinking", params.supports_thinking },
        { "thinking_start_tag", params.thinking_start_tag },
        { "thinking_end_tags", params.thinking_end_tags },
        { "preserved_tokens", params.preserved_tokens },
        { "parser", params.parser },
    });
    result["grammar_triggers"] = triggers;
    result["plain"]            = plain_parts(prompt);
    return result.dump_safe();
}

}  // namespace

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_chat_template_new(int64_t model, const char * source, int32_t source_length, int64_t * chat_template) {
    return guarded([&] {
        require(chat_template, "chat_template");
        const std::string text   = text_in(source, source_length, "source");
        const auto        owner  = model_with_vocab(model);
        const auto        object = poisoning(*owner, [&] { return compile(owner, text); });
        *chat_template           = put_handle(object);
        return TOKAPU_OK;
    });
}

int32_t tokapu_chat_template_free(int64_t chat_template) {
    return guarded([&] {
        take_handle(chat_template, Kind::chat_template);
        return TOKAPU_OK;
    });
}

int32_t tokapu_chat_template_source(int64_t chat_template, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        const auto object = get<ChatTemplate>(chat_template);
        return text_out(common_chat_templates_source(object->templates.get()), buf, capacity, length);
    });
}

int32_t tokapu_chat_template_caps(int64_t chat_template, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        const auto  object = get<ChatTemplate>(chat_template);
        std::string result;
        within_template_budget({}, [&] {
            templating([&] {
                common_json caps = common_json::object();
                for (const auto & [name, value] : common_chat_templates_get_caps(object->templates.get())) {
                    caps[name] = value;
                }
                result = caps.dump();
            });
        });
        return text_out(result, buf, capacity, length);
    });
}

int32_t tokapu_chat_template_apply(int64_t chat_template, const char * request, int32_t request_length, char * buf,
                                   int32_t capacity, int32_t * length) {
    return guarded([&] {
        require(length, "length");
        require_buffer(buf, capacity, "buf");
        const std::string text   = text_in(request, request_length, "request");
        const auto        object = get<ChatTemplate>(chat_template);
        std::string       result;
        poisoning(*object, [&] {
            within_template_budget({ text.size(), count_messages(text) }, [&] {
                templating([&] {
                    result = to_json(apply_spanned(*object->templates, read_request(text), object->model->markers()));
                });
            });
        });
        return text_out_or_cache(std::move(result), buf, capacity, length);
    });
}

}  // extern "C"
