#pragma once

#include "handles.h"
#include "llama.h"

#include <memory>

namespace tokapu {

class Model : public Object {
  public:
    static constexpr Kind KIND = Kind::model;

    Model(llama_model * model, bool vocab_only) :
        Object(KIND),
        llama(model),
        vocab(llama_model_get_vocab(model)),
        n_vocab(llama_vocab_n_tokens(vocab)),
        vocab_only(vocab_only) {}

    ~Model() override {
        swallowing("freeing a model", [this] { llama_model_free(llama); });
    }

    llama_model * const       llama;
    const llama_vocab * const vocab;
    const int32_t             n_vocab;
    const bool                vocab_only;
};

// The model, checked to have a vocabulary.
std::shared_ptr<Model> model_with_vocab(int64_t handle);

void require_token(const Model & model, int32_t token, const char * name);

}  // namespace tokapu
