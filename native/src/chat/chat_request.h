// Requests to render a conversation: JSON in.
#pragma once

#include "chat.h"

#include <string>

namespace tokapu {

struct ChatRequest {
    common_chat_templates_inputs inputs;
    std::string                  tool_name;       // the one tool that must be called, or empty
    std::string                  answer_grammar;  // GBNF, or empty
    bool                         wants_parser = false;
};

// What a request that does not say it leaves to the template.
struct RequestDefaults {
    bool parallel;  // whether several calls may be in one message
    bool thinking;
};

// As tokapu_chat_template_apply() describes it.
ChatRequest read_request(const std::string & text, const RequestDefaults & defaults);

}  // namespace tokapu
