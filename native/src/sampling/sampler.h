#pragma once

#include "model/model.h"

#include <memory>
#include <vector>

namespace tokapu {

struct Attachment;

// Whether llama.cpp's computation of a sampler in a compute graph gives what the sampler gives on the CPU.
enum class OnDevice {
    never,
    anywhere,
    narrows,  // yes, and then candidate i is no longer token i
    whole,    // only while candidate i is token i
};

struct Step {
    OnDevice device;
    bool     selects;  // it selects a token
    bool     grammar  = false;
    bool     callback = false;
    bool     greedy   = false;
    bool     lazy     = false;  // a grammar that rests during thoughts
    bool     budget   = false;  // a reasoning budget
};

constexpr Step CPU_FILTER   = { OnDevice::never, false };
constexpr Step CPU_SELECTOR = { OnDevice::never, true };
constexpr Step GRAMMAR      = { OnDevice::never, false, true };
constexpr Step LAZY_GRAMMAR = { OnDevice::never, false, true, false, false, true };

class Sampler : public Object {
  public:
    static constexpr Kind KIND = Kind::sampler;

    Sampler(std::shared_ptr<Model> model, llama_sampler * chain) : Object(KIND), model(std::move(model)), chain(chain) {}

    ~Sampler() override {
        swallowing("freeing a sampler chain", [this] { llama_sampler_free(chain); });
    }

    bool selects() const { return !steps.empty() && steps.back().selects; }

    bool is_greedy() const { return steps.size() == 1 && steps.front().greedy; }

    const std::shared_ptr<Model>  model;  // kept alive
    llama_sampler *               chain;
    std::vector<Step>             steps;
    std::vector<llama_token_data> candidates;  // kept between calls
    bool                          has_grammar  = false;
    bool                          has_callback = false;
    bool                          needs_reset  = false;  // a grammar refused a token
    std::atomic<bool>             has_budget{ false };   // a reasoning budget, which is step 0

    // Whether the thought is to end; any thread.
    const std::shared_ptr<std::atomic<bool>> end_reasoning = std::make_shared<std::atomic<bool>>(false);
    const int64_t                 id           = new_id();

    std::shared_ptr<Attachment> attachment;        // NULL: the chain runs on the CPU only
    int32_t                     barrier     = -1;  // attached: where the part of the CPU begins

  private:
    static int64_t new_id() {
        static std::atomic<int64_t> next{ 1 };
        return next++;
    }
};

// One call at a time; forgets a context that has let go of the chain.
class InSampler {
  public:
    explicit InSampler(Sampler & sampler);

  private:
    const Exclusive inside;
};

// The chain as it was built, with its present state, free of any context.
llama_sampler * detached_copy(const Sampler & sampler);

llama_sampler * new_chain();

// The sampler of a step, wherever the chain runs.
llama_sampler * step_sampler(const Sampler & sampler, size_t step);

[[noreturn]] void fail_attached(const char * wanted);

// Appends to a chain; NULL from the factory is a Failure with the status given.
template <class F> int32_t append(int64_t handle, Step step, F && factory) {
    return guarded([&] {
        const auto      sampler = get<Sampler>(handle);
        const InSampler inside(*sampler);
        if (sampler->attachment != nullptr) {
            fail_attached("extended");
        }
        sampler->steps.reserve(sampler->steps.size() + 1);
        llama_sampler * added = poisoning(*sampler->model, [&] { return factory(*sampler); });
        if (added == nullptr) {
            fail(TOKAPU_ERROR_NATIVE, "the sampler could not be created");
        }
        llama_sampler_chain_add(sampler->chain, added);
        sampler->steps.push_back(step);
        return TOKAPU_OK;
    });
}

}  // namespace tokapu
