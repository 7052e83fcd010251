// Parsers of answers.
#pragma once

#include "chat/answer_format.h"

#include <cstdint>
#include <memory>

namespace tokapu {

struct AnswerParsers {
    std::vector<common_chat_parser_params> calls;
    std::vector<common_chat_parser_params> texts;
};

// Those of a format; null where an answer is its text alone.
std::shared_ptr<const AnswerParsers> parsers_of(const AnswerFormat & format);

// The handle of a parser.
int64_t new_answer_parser(std::shared_ptr<const AnswerParsers> parsers);

// Whether an answer has this text for llama.cpp's parser.
bool reads(const common_chat_params & format, const std::string & answer, const std::string & text);

}  // namespace tokapu
