// Parsers of answers.
#pragma once

#include "chat.h"

#include <cstdint>
#include <vector>

namespace tokapu {

// The handle of a parser. The first format that finds tool calls in an answer counts, else the last.
int64_t new_answer_parser(const std::vector<common_chat_params> & formats);

}  // namespace tokapu
