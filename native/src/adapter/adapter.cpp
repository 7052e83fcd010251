// LoRA adapters: what they say about themselves, and which of them a context uses.
#include "adapter/adapter.h"

#include "backend/backend.h"
#include "backend/devices.h"
#include "context/context.h"
#include "core/arguments.h"
#include "llama-adapter.h"  // internal: the size of an adapter
#include "sampling/device_sampling.h"

#include <algorithm>
#include <mutex>
#include <vector>

namespace tokapu {

namespace {

constexpr int32_t MAX_ADAPTERS = 1024;

using TextFunction = int32_t (*)(const llama_adapter_lora *, int32_t, char *, size_t);

std::string meta(const Adapter & adapter, int32_t index, TextFunction function) {
    require_range(index, 0, llama_adapter_meta_count(adapter.llama) - 1, "the metadata index");
    char          none   = '\0';
    const int32_t length = function(adapter.llama, index, &none, 1);
    if (length < 0) {
        fail(TOKAPU_ERROR_NATIVE, "metadata entry %d cannot be read", index);
    }
    std::string text(static_cast<size_t>(length) + 1, '\0');
    function(adapter.llama, index, text.data(), text.size());
    text.resize(static_cast<size_t>(length));
    return text;
}

int64_t size_of(const llama_adapter_lora & adapter) {
    size_t size = 0;
    for (const auto & entry : adapter.ab_map) {
        size += ggml_nbytes(entry.second.a) + ggml_nbytes(entry.second.b);
    }
    return static_cast<int64_t>(size);
}

// In the order of their handles: llama.cpp adds them up in an order that depends on this one, and sums of floats depend on it.
std::vector<SetAdapter> read_set(const Context & context, const int64_t * adapters, const float * scales, int32_t n) {
    std::vector<int64_t> order(adapters, adapters + n);
    std::sort(order.begin(), order.end());
    const auto twice = std::adjacent_find(order.begin(), order.end());
    if (twice != order.end()) {
        fail(TOKAPU_ERROR_ARGUMENT, "adapter %lld is named twice; give each adapter one scale", static_cast<long long>(*twice));
    }
    std::vector<SetAdapter> set;
    for (const int64_t handle : order) {
        const float scale   = scales[std::find(adapters, adapters + n, handle) - adapters];
        auto        adapter = get<Adapter>(handle);
        require_finite(scale, "a scale");
        if (adapter->model != context.model) {
            fail(TOKAPU_ERROR_ARGUMENT, "adapter %lld was loaded for another model than the context's; load it for this one",
                 static_cast<long long>(handle));
        }
        if (scale != 0) {
            set.push_back({ std::move(adapter), scale });
        }
    }
    return set;
}

void use_adapters(Context & context, const std::vector<SetAdapter> & set) {
    std::vector<llama_adapter_lora *> adapters;
    std::vector<float>                scales;
    for (const SetAdapter & entry : set) {
        adapters.push_back(entry.adapter->llama);
        scales.push_back(entry.scale);
    }
    llama_set_adapters_lora(context.llama, adapters.data(), adapters.size(), scales.data());
    plan_compute(context);
}

// The memory is planned now, where a failure can be told and undone, and not by the next decode.
void set_adapters(Context & context, const std::vector<SetAdapter> & set) {
    const RegistryReader reading;
    int32_t              status = TOKAPU_ERROR_UNSUPPORTED;
    std::string          reason;
    try {
        use_adapters(context, set);
        return;
    } catch (const AbortException & e) {
        reason = e.message;
    } catch (const std::exception & e) {
        status = memory_status(TOKAPU_ERROR_CONTEXT);
        reason = e.what();
    }
    poisoning(context, [&] { use_adapters(context, context.adapters); });
    fail(status, "the context cannot work with these adapters: %s", reason.c_str());
}

int32_t load(const std::shared_ptr<Model> & model, const AdapterFile & from, int64_t * adapter) {
    require(adapter, "adapter");
    if (model->vocab_only) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "the model was loaded with vocab_only: it has no weights to adapt");
    }
    require_weights(*model);
    *adapter = put_handle(load_adapter(model, from));
    return TOKAPU_OK;
}

}  // namespace

Adapter::~Adapter() {
    if (!model->lost.load(std::memory_order_acquire)) {
        swallowing("freeing an adapter", [this] {
            const std::unique_lock alone(model->adapters);
            llama_adapter_lora_free(llama);
        });
    }
}

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_adapter_load(int64_t model, const char * path, int32_t path_length, int64_t * adapter) {
    return guarded([&] {
        const auto  owner = get<Model>(model);
        AdapterFile from;
        from.path = name_in(path, path_length, "path");
        return load(owner, from, adapter);
    });
}

int32_t tokapu_adapter_load_range(int64_t model, const char * path, int32_t path_length, int64_t offset, int64_t size,
                                  int64_t * adapter) {
    return guarded([&] {
        const auto owner = get<Model>(model);
        require_range(offset, 0, INT64_MAX / 2, "offset");
        require_range(size, 1, INT64_MAX / 2, "size");
        AdapterFile from;
        from.path   = name_in(path, path_length, "path");
        from.offset = offset;
        from.size   = size;
        return load(owner, from, adapter);
    });
}

int32_t tokapu_adapter_load_fd(int64_t model, int32_t fd, int64_t offset, int64_t size, int64_t * adapter) {
    return guarded([&] {
        const auto owner = get<Model>(model);
        require_range(fd, 0, INT32_MAX, "fd");
        require_range(offset, 0, INT64_MAX / 2, "offset");
        require_range(size, 0, INT64_MAX / 2, "size");
        AdapterFile from;
        from.fd     = fd;
        from.offset = offset;
        from.size   = size;
        return load(owner, from, adapter);
    });
}

int32_t tokapu_adapter_free(int64_t adapter) {
    return guarded([&] {
        take_handle(adapter, Kind::adapter);
        return TOKAPU_OK;
    });
}

int32_t tokapu_adapter_size(int64_t adapter, int64_t * size) {
    return guarded([&] {
        require(size, "size");
        *size = size_of(*get<Adapter>(adapter)->llama);
        return TOKAPU_OK;
    });
}

int32_t tokapu_adapter_fingerprint(int64_t adapter, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] { return text_out(get<Adapter>(adapter)->fingerprint, buf, capacity, length); });
}

int32_t tokapu_adapter_meta_count(int64_t adapter, int32_t * n) {
    return guarded([&] {
        require(n, "n");
        *n = llama_adapter_meta_count(get<Adapter>(adapter)->llama);
        return TOKAPU_OK;
    });
}

int32_t tokapu_adapter_meta_key(int64_t adapter, int32_t index, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        const auto object = get<Adapter>(adapter);
        return text_out(meta(*object, index, llama_adapter_meta_key_by_index), buf, capacity, length);
    });
}

int32_t tokapu_adapter_meta_value(int64_t adapter, int32_t index, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        const auto object = get<Adapter>(adapter);
        return text_out(meta(*object, index, llama_adapter_meta_val_str_by_index), buf, capacity, length);
    });
}

int32_t tokapu_adapter_invocation_tokens(int64_t adapter, int32_t * tokens, int32_t capacity, int32_t * n_tokens) {
    return guarded([&] {
        require(n_tokens, "n_tokens");
        require_buffer(tokens, capacity, "tokens");
        const auto object = get<Adapter>(adapter);
        const auto n      = llama_adapter_get_alora_n_invocation_tokens(object->llama);
        *n_tokens         = static_cast<int32_t>(n);
        if (*n_tokens > capacity) {
            fail(TOKAPU_ERROR_BUFFER, "tokens has room for %d; the adapter has %d invocation tokens", capacity, *n_tokens);
        }
        std::copy_n(llama_adapter_get_alora_invocation_tokens(object->llama), n, tokens);
        return TOKAPU_OK;
    });
}

int32_t tokapu_context_set_adapters(int64_t context, const int64_t * adapters, const float * scales, int32_t n) {
    return guarded([&] {
        require_range(n, 0, MAX_ADAPTERS, "n");
        require_buffer(adapters, n, "adapters");
        require_buffer(scales, n, "scales");
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        require_weights(*object->model);
        std::vector<SetAdapter> set = read_set(*object, adapters, scales, n);
        if (set != object->adapters) {
            const InAttached inside_attached(*object);  // their graphs are planned, too
            set_adapters(*object, set);
            object->adapters.swap(set);
        }
        return TOKAPU_OK;
    });
}

}  // extern "C"
