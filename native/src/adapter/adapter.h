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

    Adapter(std::shared_ptr<Model> model, llama_adapter_lora * adapter) :
        Object(KIND),
        model(std::move(model)),
        llama(adapter) {}

    ~Adapter() override;

    const std::shared_ptr<Model> model;  // kept alive: llama.cpp frees adapters together with their model
    llama_adapter_lora * const   llama;
};

// Loads an adapter, or a Failure that says what is wrong with the file.
std::shared_ptr<Adapter> load_adapter(const std::shared_ptr<Model> & model, const std::string & path);

}  // namespace tokapu
