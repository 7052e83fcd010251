// The parts of a rendered prompt that are tokenized as characters: they hold the text of a marker that the template itself has not
// written.
#pragma once

#include "chat.h"
#include "vocab/markers.h"

#include <string>
#include <utility>
#include <vector>

namespace tokapu {

// Makes the templates' renderings tell what the templates have written themselves.
void observe(common_chat_templates & templates);

// Whether llama.cpp has code of its own for one of the templates.
bool is_specialized(const common_chat_templates & templates);

struct SpannedPrompt {
    common_chat_params                     params;  // the prompt is well-formed UTF-8
    std::vector<std::pair<size_t, size_t>> plain;   // bytes of the prompt, from and to, in order
    std::vector<size_t>                    cuts;    // bytes where the tokenizer could as well begin anew, see Markers::cut_behind()
};

// common_chat_templates_apply() with observed templates.
SpannedPrompt apply_spanned(const common_chat_templates & templates, const common_chat_templates_inputs & inputs,
                            const Markers & markers);

}  // namespace tokapu
