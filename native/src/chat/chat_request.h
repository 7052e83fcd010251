// Requests to render a conversation: JSON in.
#pragma once

#include "chat.h"

#include <string>

namespace tokapu {

constexpr int MAX_JSON_DEPTH = 200;

struct ChatRequest {
    common_chat_templates_inputs inputs;
    std::string                  tool_name;       // the one tool that must be called, or empty
    std::string                  answer_grammar;  // GBNF, or empty
    bool                         wants_parser = false;
};

// As tokapu_chat_template_apply() describes it. `parallel`: whether the template can have several calls in one message.
ChatRequest read_request(const std::string & text, bool parallel);

}  // namespace tokapu
