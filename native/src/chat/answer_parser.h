// Parsers of answers.
#pragma once

#include "chat/answer_format.h"

#include <cstdint>

namespace tokapu {

// The handle of a parser.
int64_t new_answer_parser(const AnswerFormat & format);

// Whether an answer is its text alone, as it is.
bool is_text_alone(const AnswerFormat & format);

// Whether an answer has this text for llama.cpp's parser.
bool reads(const common_chat_params & format, const std::string & answer, const std::string & text);

}  // namespace tokapu
