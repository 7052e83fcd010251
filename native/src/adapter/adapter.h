#pragma once

#include "core/handles.h"
#include "llama.h"
#include "model/model.h"

#include <memory>
#include <string>

namespace tokapu {

// A LoRA adapter: small matrices that are added to some of a model's.
class Adapter : public Object {
  public:
    static constexpr Kind KIND = Kind::adapter;

    Adapter(std::shared_ptr<Model> model, llama_adapter_lora * adapter, std::string fingerprint) :
        Object(KIND),
        model(std::move(model)),
        llama(adapter),
        fingerprint(std::move(fingerprint)) {}

    ~Adapter() override;

    const std::shared_ptr<Model> model;  // kept alive: llama.cpp frees adapters together with their model
    llama_adapter_lora * const   llama;
    const std::string            fingerprint;
};

// Where an adapter lies: a file that is opened by its path, or by a copy of a descriptor.
struct AdapterFile {
    std::string path;  // empty: none
    int         fd     = -1;
    int64_t     offset = 0;
    int64_t     size   = 0;  // 0: to the end of the file
};

// Loads an adapter, or a Failure that says what is wrong with the file.
std::shared_ptr<Adapter> load_adapter(const std::shared_ptr<Model> & model, const AdapterFile & from);

}  // namespace tokapu
