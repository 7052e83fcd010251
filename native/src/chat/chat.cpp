// Chat templates: Jinja by llama.cpp's common library, JSON in and out.
#include "chat.h"
#include "chat/answer_format.h"
#include "chat/answer_parser.h"
#include "chat/chat_request.h"
#include "chat/chat_spans.h"
#include "chat/template_budget.h"
#include "chat/text_cache.h"
#include "core/arguments.h"
#include "model/model.h"

#include <atomic>
#include <cstring>

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
        swallowing("freeing a chat template", [this] {
            common_chat_templates * all = templates.release();  // lost where no thread can be had
            free_on_large_stack([all] { common_chat_templates_ptr{ all }.reset(); });
        });
    }

    // Whether llama.cpp finds that the model can think; true where the template renders no conversation of one message.
    bool thinks() const {
        int known = thinking;
        if (known < 0) {
            try {
                known = common_chat_templates_support_enable_thinking(templates.get()) ? 1 : 0;
            } catch (const std::bad_alloc &) {
                throw;
            } catch (const std::exception &) {
                known = 1;
            }
            thinking = known;
        }
        return known != 0;
    }

    const std::shared_ptr<Model> model;  // kept alive
    common_chat_templates_ptr    templates;

  private:
    mutable std::atomic<int> thinking{ -1 };  // not known yet
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

// About how many messages a request has; quotation marks in texts have backslashes.
size_t count_messages(const std::string & text) {
    static const std::string role = "\"role\":";
    size_t                   n    = 0;
    for (size_t at = text.find(role); at != std::string::npos; at = text.find(role, at + role.size())) {
        n++;
    }
    return n;
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

common_json cuts(const SpannedPrompt & prompt) {
    common_json result = common_json::array();
    for (const size_t cut : prompt.cuts) {
        result.push_back(static_cast<int64_t>(cut));
    }
    return result;
}

common_json to_json(const SpannedPrompt & prompt, const AnswerFormat & format) {
    const common_chat_params & params = prompt.params;
    common_json triggers = common_json::array();
    for (const common_grammar_trigger & trigger : format.triggers) {
        triggers.push_back({ { "type", trigger_name(trigger.type) },
                             { "value", trigger.value },
                             { "token", static_cast<int64_t>(trigger.token) } });
    }
    common_json result = common_json::object({
        { "prompt", params.prompt },
        { "stops", params.additional_stops },
        { "grammar", format.grammar },
        { "grammar_lazy", format.lazy },
        { "generation_prompt", params.generation_prompt },
        { "supports_thinking", params.supports_thinking },
        { "thinking_start_tag", params.thinking_start_tag },
        { "thinking_end_tags", params.thinking_end_tags },
        { "preserved_tokens", params.preserved_tokens },
    });
    result["grammar_triggers"] = triggers;
    result["plain"]            = plain_parts(prompt);
    result["cuts"]             = cuts(prompt);
    return result;
}

std::string render(const ChatTemplate & chat_template, const std::string & text) {
    const common_chat_templates & templates = *chat_template.templates;
    const bool          parallel = common_chat_templates_get_caps(&templates).at("supports_parallel_tool_calls");
    const ChatRequest   request  = read_request(text, { parallel, chat_template.thinks() });
    const SpannedPrompt prompt   = apply_spanned(templates, request.inputs, chat_template.model->markers());
    const AnswerFormat  format   = answer_format(templates, request, prompt.params);
    common_json         result   = to_json(prompt, format);
    if (request.wants_parser && !is_text_alone(format)) {
        result["answer_parser"] = new_answer_parser(format);
    }
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
                    result = render(*object, text);
                });
            });
        });
        return text_out_or_cache(std::move(result), buf, capacity, length);
    });
}

}  // extern "C"
