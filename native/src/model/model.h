#pragma once

#include "core/handles.h"
#include "llama.h"
#include "vocab/markers.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

namespace tokapu {

// With split mode tensor llama.cpp makes one device of several: they are listed one by one.
std::vector<ggml_backend_dev_t> model_devices(const llama_model * model, const llama_model_params & params);

class Model : public Object {
  public:
    static constexpr Kind KIND = Kind::model;

    Model(llama_model * model, const llama_model_params & params, std::string fingerprint) :
        Object(KIND),
        llama(model),
        vocab(llama_model_get_vocab(model)),
        n_vocab(llama_vocab_n_tokens(vocab)),
        vocab_only(params.vocab_only),
        no_alloc(params.no_alloc),
        load_mtp(params.load_mtp),
        devices(model_devices(model, params)),
        fingerprint(std::move(fingerprint)) {}

    ~Model() override {
        swallowing("freeing a model", [this] { llama_model_free(llama); });
    }

    llama_model * const       llama;
    const llama_vocab * const vocab;
    const int32_t             n_vocab;
    const bool                vocab_only;
    const bool                no_alloc;  // it has no weights: memory is only planned
    const bool                load_mtp;  // with the MTP heads, if its file has them

    const std::vector<ggml_backend_dev_t> devices;  // those that its layers may lie on
    const std::string                     fingerprint;

    // llama.cpp goes through the model's list of adapters whenever a context plans its memory: loading and freeing an adapter is
    // exclusive, planning may be shared. Taken after the RegistryReader.
    std::shared_mutex adapters;

    // Made when they are first asked for.
    const Markers & markers() const {
        std::call_once(markers_once, [this] { found_markers = std::make_unique<const Markers>(llama); });
        return *found_markers;
    }

    std::atomic<bool> lost{ false };  // its device does not answer any more: what lies there is left behind

  private:
    mutable std::once_flag                 markers_once;
    mutable std::unique_ptr<const Markers> found_markers;
};

// The model, checked to have a vocabulary.
std::shared_ptr<Model> model_with_vocab(int64_t handle);

// Fails for a model that was loaded with no_alloc.
void require_weights(const Model & model);

// Fails for a model without a vocabulary.
void require_vocab(const Model & model);

// Refuses a vocabulary whose tokenizer would never end; name: of the file.
void check_vocab(const Model & model, const std::string & name);

void require_token(const Model & model, int32_t token, const char * name);

}  // namespace tokapu
