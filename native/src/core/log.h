// The native log: llama.cpp's and ggml's messages, joined into whole lines, go to the callbacks; the warnings and errors of
// the current guarded call are kept to explain its failure.
#pragma once

#include <cstdint>
#include <string>

namespace tokapu {

void log_line(int32_t level, const std::string & text) noexcept;

// Bounds of the outermost guarded call of this thread.
void log_begin_call() noexcept;
void log_end_call() noexcept;

// The error lines (or else warnings) that the calling thread has seen since log_begin_call().
std::string log_explanation();

// TOKAPU_ERROR_MEMORY when those lines say that a buffer could not be allocated, otherwise the given status.
int32_t memory_status(int32_t otherwise);

}  // namespace tokapu
