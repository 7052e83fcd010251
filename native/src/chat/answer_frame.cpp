#include "chat/answer_frame.h"

namespace tokapu {

namespace {

const char * const TEXT    = "tokapu-text";
const char * const THOUGHT = "tokapu-thought";

common_chat_msg message(const char * role, const std::string & content) {
    common_chat_msg result;
    result.role    = role;
    result.content = content;
    return result;
}

bool starts_with(const std::string & text, const std::string & head) {
    return text.compare(0, head.size(), head) == 0;
}

std::string without_end(const std::string & text, const std::string & end) {
    const bool ends = text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
    return ends ? text.substr(0, text.size() - end.size()) : text;
}

class Renderer {
  public:
    Renderer(const common_chat_templates & templates, const common_chat_templates_inputs & request) :
        templates(templates),
        inputs(request) {
        inputs.messages           = { message("user", "hello") };
        inputs.force_pure_content = true;  // no more than the text is wanted
        inputs.tools.clear();
        inputs.tool_choice           = COMMON_CHAT_TOOL_CHOICE_NONE;
        inputs.add_generation_prompt = true;
        const common_chat_params asked = common_chat_templates_apply(&templates, inputs);
        head                           = without_end(asked.prompt, asked.generation_prompt);
        inputs.add_generation_prompt   = false;
    }

    // What stands behind the question; empty where the template does not go on like that.
    std::string answered(const std::string & thought) {
        common_chat_msg answer   = message("assistant", TEXT);
        answer.reasoning_content = thought;
        inputs.messages.resize(1);
        inputs.messages.push_back(answer);
        const std::string text = common_chat_templates_apply(&templates, inputs).prompt;
        return starts_with(text, head) ? text.substr(head.size()) : "";
    }

  private:
    const common_chat_templates & templates;
    common_chat_templates_inputs  inputs;
    std::string                   head;
};

}  // namespace

std::vector<AnswerFrame> answer_frames(const common_chat_templates & templates, const common_chat_templates_inputs & inputs,
                                       const std::string & generation_prompt) {
    std::vector<AnswerFrame> result;
    Renderer                 renderer(templates, inputs);
    for (const std::string & thought : { std::string(), std::string(THOUGHT) }) {
        const std::string answer = renderer.answered(thought);
        const size_t      at     = answer.find(TEXT);
        const size_t      begin  = thought.empty() ? at : answer.find(thought);
        if (at == std::string::npos || begin == std::string::npos || begin > at || !starts_with(answer, generation_prompt)) {
            continue;
        }
        const size_t end = begin + thought.size();
        result.push_back({ answer.substr(0, begin), answer.substr(end, at - end), answer.substr(at + std::string(TEXT).size()) });
    }
    return result;
}

}  // namespace tokapu
