// Parsers of answers.
#pragma once

#include "chat.h"

#include <cstdint>
#include <vector>

namespace tokapu {

// The handle of a parser. The first format that finds tool calls in an answer counts, else the last.
int64_t new_answer_parser(const std::vector<common_chat_params> & formats);

// Whether an answer is its text alone, as it is.
bool is_text_alone(const common_chat_params & format);

}  // namespace tokapu
