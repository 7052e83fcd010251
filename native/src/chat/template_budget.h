// Limits for the code of llama.cpp that works on chat templates, since templates come with downloaded files.
#pragma once

#include <cstddef>
#include <functional>

namespace tokapu {

constexpr size_t MAX_TEMPLATE_BYTES = size_t(1) << 20U;

// What the caller gave: the limits grow with it.
struct TemplateInput {
    size_t bytes    = 0;
    size_t messages = 0;  // templates that go through all messages for each of them are not rare
};

// Runs the body on a large stack with limits of depth, memory and steps; one that is passed is a failure that names it.
void within_template_budget(const TemplateInput & input, const std::function<void()> & body);

// Destroys what was made within a budget: its destructors may recurse as deep.
void free_on_large_stack(const std::function<void()> & body);

// Refuses JSON that nests deeper. Text that is no JSON may be refused by the count of its brackets.
void require_json_depth(const char * text, size_t size, int max_depth, const char * what);

}  // namespace tokapu
