// What holds an answer to the form that a template's model gives it, and takes it apart.
#pragma once

#include "chat/chat_request.h"

namespace tokapu {

struct AnswerFormat {
    std::string                         grammar;
    bool                                lazy = false;
    std::vector<common_grammar_trigger> triggers;
    std::vector<common_chat_params>     calls;   // the first that finds tool calls counts
    std::vector<common_chat_params>     texts;   // else the first, or a second one where that alone finds a text
};

// `prompt`: the request, rendered.
AnswerFormat answer_format(const common_chat_templates & templates, const ChatRequest & request,
                           const common_chat_params & prompt);

}  // namespace tokapu
