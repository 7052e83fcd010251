// What a template writes itself, told from what it takes out of its variables. llama.cpp's engine can mark parts of strings; here
// the template's own literals carry the mark, and lose it wherever the engine makes another string of them.
#pragma once

#include "chat.h"

#include <memory>
#include <string>
#include <vector>

namespace tokapu {

struct Origin {
    std::string              text;
    std::vector<bool>        own;     // of each byte: whether the template wrote it
    std::vector<std::string> inputs;  // all texts that the template could see
};

// Puts a node around the template's program that records renderings when asked to.
void observe(common_chat_template & chat_template);

// Records the renderings of this thread while it lives.
class OriginRecorder {
  public:
    OriginRecorder();
    ~OriginRecorder();
    OriginRecorder(const OriginRecorder &)             = delete;
    OriginRecorder & operator=(const OriginRecorder &) = delete;

    // Of the rendering whose text holds the prompt, cut down to it; empty when there is none.
    Origin of(const std::string & prompt) const;

    // All texts that the renderings could see.
    std::vector<std::string> inputs() const;

    struct Rendering;
    void                           add(Rendering && rendering);
    const std::vector<Rendering> & all() const { return renderings; }

  private:
    std::vector<Rendering> renderings;
};

}  // namespace tokapu
