// Chat templates: Jinja by llama.cpp's common library, JSON in and out.
#include "arguments.h"
#include "chat.h"
#include "kept_text.h"
#include "model.h"

namespace tokapu {

namespace {

class ChatTemplate : public Object {
  public:
    static constexpr Kind KIND = Kind::chat_template;

    ChatTemplate(std::shared_ptr<Model> model, common_chat_templates_ptr templates) :
        Object(KIND),
        model(std::move(model)),
        templates(std::move(templates)) {}

    ~ChatTemplate() override {
        swallowing("freeing a chat template", [this] { templates.reset(); });
    }

    const std::shared_ptr<Model> model;  // kept alive
    common_chat_templates_ptr    templates;
};

// Errors of the template engine, the JSON parser and the request are errors of the template or its input.
template <class F> auto templating(F && body) {
    try {
        return std::forward<F>(body)();
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception & e) {
        fail(TOKAPU_ERROR_TEMPLATE, "chat template: %s", e.what());
    }
}

std::shared_ptr<ChatTemplate> compile(const std::shared_ptr<Model> & model, const std::string & source) {
    // common_chat_templates_init() would silently take ChatML for a model without a template.
    if (source.empty() && llama_model_chat_template(model->llama, nullptr) == nullptr) {
        fail(TOKAPU_ERROR_TEMPLATE, "this model has no chat template; pass one");
    }
    auto templates = templating([&] { return common_chat_templates_init(model->llama, source); });
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

common_chat_templates_inputs read_request(const std::string & text) {
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

std::string to_json(const common_chat_params & params) {
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
        common_json result = common_json::object();
        templating([&] {
            for (const auto & [name, value] : common_chat_templates_get_caps(object->templates.get())) {
                result[name] = value;
            }
            return 0;
        });
        return text_out(result.dump(), buf, capacity, length);
    });
}

int32_t tokapu_chat_template_apply(int64_t chat_template, const char * request, int32_t request_length, char * buf,
                                   int32_t capacity, int32_t * length) {
    return guarded([&] {
        require(length, "length");
        require_buffer(buf, capacity, "buf");
        const std::string text   = text_in(request, request_length, "request");
        const auto        object = get<ChatTemplate>(chat_template);
        std::string       result = poisoning(*object, [&] {
            return templating(
                [&] { return to_json(common_chat_templates_apply(object->templates.get(), read_request(text))); });
        });
        return text_out_or_keep(std::move(result), buf, capacity, length);
    });
}

}  // extern "C"
