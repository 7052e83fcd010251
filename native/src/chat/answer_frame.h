// What a chat template writes around an answer.
#pragma once

#include "chat.h"

#include <string>
#include <vector>

namespace tokapu {

struct AnswerFrame {
    std::string before;   // from where the answer of the model's role begins, which the prompt has a part of
    std::string between;  // a thought and the text; empty where there is no thought
    std::string after;
};

// The frames of an answer with a thought and without one, as far as the template writes them and the prompt begins them.
std::vector<AnswerFrame> answer_frames(const common_chat_templates & templates, const common_chat_templates_inputs & inputs,
                                       const std::string & generation_prompt);

}  // namespace tokapu
