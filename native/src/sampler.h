#pragma once

#include "model.h"

#include <memory>
#include <vector>

namespace tokapu {

class Sampler : public Object {
  public:
    static constexpr Kind KIND = Kind::sampler;

    Sampler(std::shared_ptr<Model> model, llama_sampler * chain) :
        Object(KIND),
        model(std::move(model)),
        chain(chain) {}

    ~Sampler() override {
        swallowing("freeing a sampler chain", [this] { llama_sampler_free(chain); });
    }

    const std::shared_ptr<Model> model;  // kept alive
    llama_sampler * const        chain;
    bool                         selects     = false;  // the last sampler selects a token
    bool                         has_grammar = false;
    bool                         needs_reset = false;  // a grammar refused a token
};

// Appends to a chain; NULL from the factory is a Failure with the status given.
template <class F> int32_t append(int64_t handle, bool selects, F && factory) {
    return guarded([&] {
        const auto      sampler = get<Sampler>(handle);
        const Exclusive inside(*sampler);
        llama_sampler * added = poisoning(*sampler->model, [&] { return factory(*sampler); });
        if (added == nullptr) {
            fail(TOKAPU_ERROR_NATIVE, "the sampler could not be created");
        }
        llama_sampler_chain_add(sampler->chain, added);
        sampler->selects = selects;
        return TOKAPU_OK;
    });
}

}  // namespace tokapu
