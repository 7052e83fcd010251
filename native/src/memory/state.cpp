// States of sequences: taken from a context, carried as bytes, put back.
#include "memory/state.h"

#include "backend/numa.h"
#include "llama-context.h"  // internal: the parameters in effect, which llama.h does not tell
#include "llama-memory.h"   // internal: what is moved
#include "llama-model.h"    // internal: whether RoPE depends on the size of the context
#include "memory/memory.h"
#include "memory/state_record.h"
#include "memory/tensor_copies.h"

#include <cstring>
#include <memory>
#include <mutex>
#include <sstream>
#include <vector>

namespace tokapu {

namespace {

constexpr int64_t MAX_SIZE = INT64_C(1) << 40;

// Models with two sets of RoPE factors choose one by the size of the context.
bool uses_long_factors(const Context & context) {
    const llama_cparams & params = context.llama->get_cparams();
    for (const llama_layer & layer : context.model->llama->layers) {
        if (layer.rope_long != nullptr) {
            return params.n_ctx_seq > context.model->llama->hparams.n_ctx_orig_yarn;
        }
    }
    return false;
}

std::string state_key(const Context & context) {
    const llama_cparams & params = context.llama->get_cparams();
    std::ostringstream    key;
    key.imbue(std::locale::classic());
    key << "llama.cpp\t" << llama_version() << '\n'
        << "model\t" << context.model->fingerprint << '\n'
        << "type of K\t" << ggml_type_name(context.type_k) << '\n'
        << "type of V\t" << ggml_type_name(context.type_v) << '\n'
        << "V laid out for flash attention\t" << (context.v_transposed ? "no" : "yes") << '\n'
        << "buffers of the KV cache\t" << (context.unified ? 1 : context.n_seq_max) << '\n'
        << "whole sliding window\t" << (context.swa_full ? "yes" : "no") << '\n'
        << "RoPE\tscaling " << params.rope_scaling_type << ", base " << params.rope_freq_base << ", scale "
        << params.rope_freq_scale << ", trained context " << params.n_ctx_orig_yarn << ", YaRN " << params.yarn_ext_factor << ' '
        << params.yarn_attn_factor << ' ' << params.yarn_beta_fast << ' ' << params.yarn_beta_slow
        << (uses_long_factors(context) ? ", long factors" : "") << '\n';
    if (context.reads_hidden) {
        key << "layers\t" << (context.target == nullptr ? "of MTP heads\n" : "of an EAGLE-3 draft model\n");
    }
    return key.str();
}

template <class F> int32_t with_sequence(int64_t handle, int32_t seq_id, F && body) {
    return with_memory(handle, [&](Context & context) {
        require_sequence(context, seq_id, 0, "seq_id");
        body(context);
    });
}

void require_partial(const Context & context) {
    if (!has_partial_state(context)) {
        fail(TOKAPU_ERROR_UNSUPPORTED,
             "this memory has neither sliding windows nor recurrent state: positions can be removed, a partial state has nothing");
    }
}

}  // namespace

bool has_partial_state(const Context & context) {
    return has_recurrent_state(context) || (llama_model_n_swa(context.model->llama) > 0 && !context.swa_full);
}

void finish_moves(const Context & context) {
    const KeptProcessors keep;  // positions that move are computed
    context.llama->memory_update(false);
}

TensorCopier & copier_of(Context & context) {
    if (context.copier == nullptr) {
        context.copier = std::make_unique<TensorCopier>();
    }
    return *context.copier;
}

StateBytes save_state(Context & context, int32_t seq_id, bool partial) {
    TensorCopies copies;
    StateBytes   bytes = whole_state(record_state(context, seq_id, partial), nullptr, copies);
    copier_of(context).read(copies.take(SIZE_MAX), bytes);
    return bytes;
}

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_context_state_key(int64_t context, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        const auto object = get<Context>(context);
        return text_out(state_key(*object), buf, capacity, length);
    });
}

int32_t tokapu_state_save(int64_t context, int32_t seq_id, int32_t partial, int64_t * state) {
    return with_sequence(context, seq_id, [&](Context & object) {
        require(state, "state");
        require_flag(partial, "partial");
        if (partial != 0) {
            require_partial(object);
        }
        const auto result = std::make_shared<State>();
        result->bytes     = save_state(object, seq_id, partial != 0);
        *state            = put_handle(result);
    });
}

int32_t tokapu_state_new(int64_t * state) {
    return guarded([&] {
        require(state, "state");
        *state = put_handle(std::make_shared<State>());
        return TOKAPU_OK;
    });
}

int32_t tokapu_state_append(int64_t state, const char * data, int32_t length) {
    return guarded([&] {
        require_range(length, 0, INT32_MAX, "length");
        require_buffer(data, length, "data");
        const auto             object = get<State>(state);
        const std::unique_lock held(object->lock);
        if (static_cast<int64_t>(object->bytes.size()) + length > MAX_SIZE) {
            fail(TOKAPU_ERROR_ARGUMENT, "the state is larger than %lld bytes", static_cast<long long>(MAX_SIZE));
        }
        if (!object->bytes.append(data, static_cast<size_t>(length))) {
            fail(TOKAPU_ERROR_ARGUMENT, "another state continues this one or is continued by it: it cannot grow any more");
        }
        return TOKAPU_OK;
    });
}

int32_t tokapu_state_free(int64_t state) {
    return guarded([&] {
        take_handle(state, Kind::state);
        return TOKAPU_OK;
    });
}

int32_t tokapu_state_size(int64_t state, int64_t * size) {
    return guarded([&] {
        require(size, "size");
        const auto             object = get<State>(state);
        const std::shared_lock held(object->lock);
        *size = static_cast<int64_t>(object->bytes.size());
        return TOKAPU_OK;
    });
}

int32_t tokapu_state_read(int64_t state, int64_t offset, char * data, int32_t length) {
    return guarded([&] {
        require_range(length, 0, INT32_MAX, "length");
        require_buffer(data, length, "data");
        const auto             object = get<State>(state);
        const std::shared_lock held(object->lock);
        const auto             size = static_cast<int64_t>(object->bytes.size());
        if (offset < 0 || offset > size || length > size - offset) {
            fail(TOKAPU_ERROR_ARGUMENT, "%d bytes from %lld on are outside of the state, which has %lld", length,
                 static_cast<long long>(offset), static_cast<long long>(size));
        }
        if (length > 0) {
            object->bytes.read(static_cast<size_t>(offset), data, static_cast<size_t>(length));
        }
        return TOKAPU_OK;
    });
}

int32_t tokapu_state_restore(int64_t state, int64_t context, int32_t seq_id, int32_t partial) {
    return with_sequence(context, seq_id, [&](Context & object) {
        require_flag(partial, "partial");
        if (partial != 0) {
            require_partial(object);
        }
        const auto             source = get<State>(state);
        const std::shared_lock held(source->lock);
        restore_state(object, seq_id, source->bytes, partial != 0);
    });
}

}  // extern "C"
