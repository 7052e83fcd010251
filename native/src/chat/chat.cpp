// Chat templates: Jinja by llama.cpp's common library, JSON in and out.
#include "chat.h"
#include "chat/answer_parser.h"
#include "chat/chat_request.h"
#include "chat/chat_spans.h"
#include "chat/known_formats.h"
#include "chat/template_budget.h"
#include "chat/text_cache.h"
#include "core/arguments.h"
#include "grammar/grammar_parse.h"
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

    // Whether llama.cpp has code of its own for the template, which may make another prompt of a conversation than the template.
    bool is_specialized() const {
        int known = specialized;
        if (known < 0) {
            known       = tokapu::is_specialized(*templates) ? 1 : 0;
            specialized = known;
        }
        return known != 0;
    }

    const std::shared_ptr<Model> model;  // kept alive
    common_chat_templates_ptr    templates;
    mutable KnownFormats         known;

  private:
    mutable std::atomic<int> thinking{ -1 };  // not known yet
    mutable std::atomic<int> specialized{ -1 };
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

KnownFormatPtr learn(const common_chat_templates & templates, const ChatRequest & request, std::string key, std::string made_of,
                     common_chat_params params) {
    AnswerFormat format  = answer_format(templates, request, params);
    auto         parsers = parsers_of(format);
    format.calls.clear();
    format.texts.clear();
    params.prompt.clear();
    params.parser.clear();
    params.grammar.clear();
    return std::make_shared<const KnownFormat>(
        KnownFormat{ std::move(key), std::move(made_of), std::move(format), std::move(params), std::move(parsers) });
}

// The prompt of a request whose form is known, which need not be found out again; null where it is not that one.
KnownFormatPtr render_known(const ChatTemplate & chat_template, const ChatRequest & request, const std::string & key, SpannedPrompt & prompt) {
    if (chat_template.is_specialized() || !chat_template.known.has(key)) {
        return nullptr;
    }
    common_chat_templates_inputs inputs = request.inputs;
    inputs.force_pure_content           = true;
    try {
        prompt = apply_spanned(*chat_template.templates, inputs, chat_template.model->markers());
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception &) {  // rendered in full it fails with more words
        return nullptr;
    }
    KnownFormatPtr known = chat_template.known.find(key, prompt.params.generation_prompt);
    if (known) {
        std::string text     = std::move(prompt.params.prompt);
        prompt.params        = known->params;
        prompt.params.prompt = std::move(text);
    }
    return known;
}

KnownFormatPtr render_anew(const ChatTemplate & chat_template, const ChatRequest & request, std::string key, SpannedPrompt & prompt) {
    prompt               = apply_spanned(*chat_template.templates, request.inputs, chat_template.model->markers());
    std::string made_of  = prompt.params.generation_prompt;
    if (chat_template.is_specialized()) {
        made_of += '\n' + prompt.params.grammar + '\n' + prompt.params.parser;
    }
    KnownFormatPtr known = chat_template.known.find(key, made_of);
    if (!known) {
        if (!request.answer_grammar.empty()) {
            // By itself first: an error has its own lines then, not those of the grammar that it becomes a part of.
            parse_grammar(*chat_template.model, request.answer_grammar, "root");
        }
        known = learn(*chat_template.templates, request, std::move(key), std::move(made_of), prompt.params);
        chat_template.known.put(known);
    }
    return known;
}

std::string render(const ChatTemplate & chat_template, const std::string & text) {
    const bool        parallel = common_chat_templates_get_caps(chat_template.templates.get()).at("supports_parallel_tool_calls");
    const ChatRequest request  = read_request(text, { parallel, chat_template.thinks() });
    const std::string key      = without_messages(request);
    SpannedPrompt     prompt;
    KnownFormatPtr    known    = render_known(chat_template, request, key, prompt);
    if (!known) {
        known = render_anew(chat_template, request, key, prompt);
    }
    common_json result = to_json(prompt, known->format);
    if (request.wants_parser && known->parsers) {
        result["answer_parser"] = new_answer_parser(known->parsers);
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
