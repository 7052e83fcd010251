// What holds answers to their form and takes them apart, kept for the requests that were rendered last: requests of a conversation
// differ in their messages alone, and llama.cpp needs longer for the form of many tools than for the messages.
#pragma once

#include "chat/answer_format.h"
#include "chat/answer_parser.h"

#include <list>
#include <memory>
#include <mutex>
#include <string>

namespace tokapu {

struct KnownFormat {
    std::string request;  // all of it but its messages
    std::string made_of;  // of the rendered request, what may depend on messages
    // Without the formats that the parsers were made of.
    AnswerFormat       format;
    common_chat_params params;  // without the prompt and its parser
    // Null where an answer is its text alone.
    std::shared_ptr<const AnswerParsers> parsers;
};

using KnownFormatPtr = std::shared_ptr<const KnownFormat>;

// A request without its messages, as a key.
std::string without_messages(const ChatRequest & request);

// Thread-safe. No code of llama.cpp runs inside.
class KnownFormats {
  public:
    bool           has(const std::string & request) const;
    KnownFormatPtr find(const std::string & request, const std::string & made_of);
    void           put(KnownFormatPtr format);

  private:
    mutable std::mutex        mutex;
    std::list<KnownFormatPtr> formats;  // those used last first
};

}  // namespace tokapu
