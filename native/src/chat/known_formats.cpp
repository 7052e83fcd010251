#include "chat/known_formats.h"

#include <algorithm>

namespace tokapu {

namespace {

constexpr size_t MOST_FORMATS = 8;
constexpr size_t MOST_BYTES   = size_t(512) << 10U;  // of their requests; a parser takes some ten times as much

void add(std::string & key, const std::string & text) {
    key += std::to_string(text.size());
    key += ':';
    key += text;
}

void add(std::string & key, int number) {
    key += std::to_string(number);
    key += ';';
}

}  // namespace

std::string without_messages(const ChatRequest & request) {
    const common_chat_templates_inputs & inputs = request.inputs;
    std::string                          key;
    for (const int number : { static_cast<int>(inputs.add_generation_prompt), static_cast<int>(inputs.parallel_tool_calls),
                              static_cast<int>(inputs.enable_thinking), static_cast<int>(inputs.tool_choice),
                              static_cast<int>(inputs.reasoning_format), static_cast<int>(inputs.tools.size()),
                              static_cast<int>(inputs.chat_template_kwargs.size()) }) {
        add(key, number);
    }
    for (const common_chat_tool & tool : inputs.tools) {
        add(key, tool.name);
        add(key, tool.description);
        add(key, tool.parameters);
    }
    for (const auto & [name, value] : inputs.chat_template_kwargs) {
        add(key, name);
        add(key, value);
    }
    add(key, request.tool_name);
    add(key, request.answer_grammar);
    return key;
}

bool KnownFormats::has(const std::string & request) const {
    const std::lock_guard<std::mutex> lock(mutex);
    return std::any_of(formats.begin(), formats.end(), [&](const KnownFormatPtr & known) { return known->request == request; });
}

KnownFormatPtr KnownFormats::find(const std::string & request, const std::string & made_of) {
    const std::lock_guard<std::mutex> lock(mutex);
    const auto found = std::find_if(formats.begin(), formats.end(), [&](const KnownFormatPtr & known) {
        return known->made_of == made_of && known->request == request;
    });
    if (found == formats.end()) {
        return nullptr;
    }
    formats.splice(formats.begin(), formats, found);
    return formats.front();
}

void KnownFormats::put(KnownFormatPtr format) {
    std::list<KnownFormatPtr>         forgotten;  // freed without the lock
    const std::lock_guard<std::mutex> lock(mutex);
    formats.push_front(std::move(format));
    size_t count = 0;
    size_t bytes = 0;
    auto   last  = formats.begin();
    while (last != formats.end() && (count == 0 || (count < MOST_FORMATS && bytes + (*last)->request.size() <= MOST_BYTES))) {
        bytes += (*last)->request.size();
        count++;
        ++last;
    }
    forgotten.splice(forgotten.begin(), formats, last, formats.end());
}

}  // namespace tokapu
