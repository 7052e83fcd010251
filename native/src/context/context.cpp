// Contexts: creation, threads, switches, abort, release.
#include "context/context.h"

#include "adapter/adapter.h"  // a context may be the last that holds one
#include "backend/backend.h"
#include "backend/devices.h"
#include "context/context_limits.h"
#include "core/arguments.h"
#include "ggml-backend.h"
#include "ggml-cpu.h"
#include "llama-context.h"  // internal: the parameters in effect, which llama.h does not tell
#include "llama-model.h"    // internal: the architecture
#include "memory/kv_shift.h"
#include "platform/threads.h"
#include "sampling/device_sampling.h"

#include <algorithm>
#include <shared_mutex>

namespace tokapu {

namespace {

template <class F> F * cpu_function(const char * name) {
    void * function = ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(cpu_device()), name);
    if (function == nullptr) {
        fail(TOKAPU_ERROR_BACKEND, "the CPU backend has no function %s", name);
    }
    return reinterpret_cast<F *>(function);
}

// It begins to work when it is used first.
ggml_threadpool * new_pool(int32_t n_threads, uint32_t poll) {
    ggml_threadpool_params params = ggml_threadpool_params_default(n_threads);
    params.poll                   = poll;
    params.paused                 = true;
    ggml_threadpool * pool        = cpu_function<decltype(ggml_threadpool_new)>("ggml_threadpool_new")(&params);
    if (pool == nullptr) {
        fail(TOKAPU_ERROR_CONTEXT, "a pool of %d compute threads could not be created", n_threads);
    }
    return pool;
}

void free_pool(ggml_threadpool * pool) {
    cpu_function<decltype(ggml_threadpool_free)>("ggml_threadpool_free")(pool);
}

// The CPU backend pauses the pool that it used last when it gets another one: it must forget a pool that will be freed.
void forget_pool(ggml_backend_sched_t scheduler) {
    for (int i = 0; scheduler != nullptr && i < ggml_backend_sched_get_n_backends(scheduler); i++) {
        ggml_backend_t backend = ggml_backend_sched_get_backend(scheduler, i);
        if (ggml_backend_dev_type(ggml_backend_get_device(backend)) == GGML_BACKEND_DEVICE_TYPE_CPU) {
            cpu_function<decltype(ggml_backend_cpu_set_threadpool)>("ggml_backend_cpu_set_threadpool")(backend, nullptr);
        }
    }
}

bool on_abort_poll(void * data) {
    return static_cast<const Context *>(data)->stopped();
}

// Positions that are learned are rows of a tensor: for one more llama.cpp ends the process, on a compute thread.
int32_t n_positions(const llama_model & model) {
    constexpr int32_t most = INT32_MAX / 2 + 1;  // llama.cpp adds to positions in 32 bits
    return model.pos_embd == nullptr ? most : static_cast<int32_t>(std::min<int64_t>(most, model.pos_embd->ne[1]));
}

// Without a head llama.cpp gives the first numbers of a vector for scores.
void require_ranking_head(const Context & context) {
    const llama_model & model = *context.model->llama;
    if (llama_pooling_type(context.llama) == LLAMA_POOLING_TYPE_RANK && model.cls == nullptr && model.cls_out == nullptr) {
        fail(TOKAPU_ERROR_UNSUPPORTED,
             "pooling type RANK scores texts by a classification head, which this model does not have; choose another pooling "
             "type, or a reranking model");
    }
}

// Without hidden states of another model it would compute with what lies in memory.
void require_own_model(const Model & model) {
    if (model.llama->arch == LLM_ARCH_EAGLE3) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "the model drafts for another one (EAGLE-3); make its context with tokapu_context_new_eagle3()");
    }
}

void describe(Context & context) {
    const llama_cparams & params = context.llama->get_cparams();
    context.memory               = llama_get_memory(context.llama);
    context.n_batch              = static_cast<int32_t>(params.n_batch);
    context.n_ubatch             = static_cast<int32_t>(params.n_ubatch);
    context.n_seq_max            = static_cast<int32_t>(params.n_seq_max);
    context.n_outputs_max        = static_cast<int32_t>(params.n_outputs_max);
    context.n_positions          = n_positions(*context.model->llama);
    context.unified              = params.kv_unified;
    context.causal               = params.causal_attn;
    context.embeddings           = params.embeddings;
    context.reads_hidden         = params.ctx_type == LLAMA_CONTEXT_TYPE_MTP || context.target != nullptr;
    context.outputs.reserve(params.n_batch);
    context.rollback.assign(params.n_rs_seq > 0 ? params.n_seq_max : 0, 0);
    context.counted_on.resize(params.n_seq_max);
}

std::shared_ptr<Context> new_context(const std::shared_ptr<Model> & model, const std::shared_ptr<Context> & target,
                                     llama_context_params params, uint32_t poll) {
    const RegistryReader reading;
    auto                 context = std::make_shared<Context>(model, target);
    params.abort_callback      = on_abort_poll;
    params.abort_callback_data = context.get();
    try {
        const std::shared_lock planning(model->adapters);
        context->llama = llama_init_from_model(model->llama, params);
    } catch (const AbortException & e) {
        fail(memory_status(TOKAPU_ERROR_CONTEXT), "the context could not be created: %s", e.message.c_str());
    }
    if (context->llama == nullptr) {
        fail(memory_status(TOKAPU_ERROR_CONTEXT), "the context could not be created with n_ctx = %u, n_batch = %u, n_seq_max = %u",
             params.n_ctx, params.n_batch, params.n_seq_max);
    }
    context->poll     = poll;
    context->type_k   = params.type_k;
    context->type_v   = params.type_v;
    context->swa_full = params.swa_full;
    // The cache is laid out by what was asked for. Where a device then turns out to lack flash attention, AUTO becomes off and
    // V stays as it is; llama.cpp decides beforehand for one architecture only.
    context->v_transposed =
        params.flash_attn_type == LLAMA_FLASH_ATTN_TYPE_DISABLED || model->llama->arch == LLM_ARCH_GROK;
    context->pools.use(context->llama, params.n_threads, params.n_threads_batch, poll);
    describe(*context);
    if (context->reads_hidden) {
        keep_drafted_states(*context);
    }
    if (context->embeddings) {
        require_ranking_head(*context);
    }
    return context;
}

// take: makes the parameters those of a kind of context; its target, if that has one.
template <class F>
int32_t create(int64_t model, const int64_t * ints, int32_t n_ints, const double * floats, int32_t n_floats, int64_t * context,
               F && take) {
    return guarded([&] {
        require(context, "context");
        const auto owner = get<Model>(model);
        if (owner->vocab_only) {
            fail(TOKAPU_ERROR_UNSUPPORTED, "the model was loaded with vocab_only: it has no weights to compute with");
        }
        llama_context_params params = read_context_options(*owner, ints, n_ints, floats, n_floats);
        const std::shared_ptr<Context> target = take(*owner, params);
        *context = put_handle(new_context(owner, target, params, static_cast<uint32_t>(ints[TOKAPU_CONTEXT_I_POLL])));
        return TOKAPU_OK;
    });
}

// After an abort a device may be out of reach for good. Destructors of llama.cpp that find it so end the process: then the
// context, and the model that it belongs to, are left behind.
bool unreachable(const Context & context) {
    if (!context.poisoned.load(std::memory_order_acquire) || context.model->devices.empty()) {
        return false;
    }
    try {
        llama_synchronize(context.llama);
        return false;
    } catch (const AbortException & e) {
        context.model->lost.store(true, std::memory_order_release);
        static_cast<void>(new std::shared_ptr<Model>(context.model));
        log_line(TOKAPU_LOG_ERROR, "a context cannot be freed, its device does not answer: " + e.message);
        return true;
    }
}

}  // namespace

void plan_compute(Context & context) {
    const std::shared_lock planning(context.model->adapters);
    context.plan = false;
    context.llama->sched_reserve();
}

ggml_threadpool * ThreadPools::find(int32_t n_threads, uint32_t poll) {
    const auto known = std::find_if(pools.begin(), pools.end(), [=](const Pool & pool) { return pool.n_threads == n_threads; });
    if (known != pools.end()) {
        std::rotate(known, known + 1, pools.end());
    } else {
        pools.reserve(pools.size() + 1);
        pools.push_back({ n_threads, new_pool(n_threads, poll) });
    }
    return pools.back().pool;
}

void ThreadPools::use(llama_context * context, int32_t n_threads, int32_t n_threads_batch, uint32_t poll) {
    constexpr size_t  most = 4;  // sizes: of steps with one token and with several, and of what they are compared with
    ggml_threadpool * main  = find(n_threads, poll);
    ggml_threadpool * batch = n_threads == n_threads_batch ? nullptr : find(n_threads_batch, poll);
    llama_attach_threadpool(context, main, batch);
    llama_set_n_threads(context, n_threads, n_threads_batch);
    if (pools.size() > most) {
        forget_pool(context->get_sched());
        free_pool(pools.front().pool);
        pools.erase(pools.begin());
    }
}

void ThreadPools::release() {
    swallowing("freeing compute threads", [this] {
        for (const Pool & pool : pools) {
            free_pool(pool.pool);
        }
    });
    pools.clear();
}

void ThreadPools::abandon() {
    swallowing("abandoning compute threads", [this] {
        std::vector<Pool> abandoned;
        abandoned.swap(pools);
        // Looked up here: when the process ends meanwhile, the registry of backends is gone before that thread is.
        auto * const free_pool = cpu_function<decltype(ggml_threadpool_free)>("ggml_threadpool_free");
        run_detached([abandoned, free_pool] {
            for (const Pool & pool : abandoned) {
                free_pool(pool.pool);
            }
        });
    });
}

Context::~Context() {
    swallowing("freeing a context", [this] {
        if (llama != nullptr && !unreachable(*this)) {
            llama_free(llama);
        }
        end_attachments(*this);
    });
    if (poisoned.load(std::memory_order_acquire)) {
        pools.abandon();
    }
}

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_context_new(int64_t model, const int64_t * ints, int32_t n_ints, const double * floats, int32_t n_floats,
                           int64_t * context) {
    return create(model, ints, n_ints, floats, n_floats, context, [](const Model & owner, llama_context_params &) {
        require_own_model(owner);
        return std::shared_ptr<Context>();
    });
}

int32_t tokapu_context_new_mtp(int64_t model, const int64_t * ints, int32_t n_ints, const double * floats, int32_t n_floats,
                               int64_t * context) {
    return create(model, ints, n_ints, floats, n_floats, context, [](const Model & owner, llama_context_params & params) {
        take_heads(owner, params);
        return std::shared_ptr<Context>();
    });
}

int32_t tokapu_context_new_eagle3(int64_t model, int64_t target, const int64_t * ints, int32_t n_ints, const double * floats,
                                  int32_t n_floats, int64_t * context) {
    return create(model, ints, n_ints, floats, n_floats, context, [=](const Model & owner, llama_context_params & params) {
        require_eagle3(owner);
        auto reads = get<Context>(target);
        take_eagle3(owner, *reads, params);
        return reads;
    });
}

int32_t tokapu_context_free(int64_t context) {
    return guarded([&] {
        const auto object = std::static_pointer_cast<Context>(take_handle(context, Kind::context));
        object->closing.store(true, std::memory_order_relaxed);
        return TOKAPU_OK;
    });
}

int32_t tokapu_context_info(int64_t context, int64_t * info, int32_t n_info) {
    return guarded([&] {
        require(info, "info");
        require_range(n_info, TOKAPU_CONTEXT_INFO_COUNT, TOKAPU_CONTEXT_INFO_COUNT, "n_info");
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        poisoning(*object, [&] {
            info[TOKAPU_CONTEXT_INFO_N_CTX]           = llama_n_ctx(object->llama);
            info[TOKAPU_CONTEXT_INFO_N_CTX_SEQ] =
                std::min<int64_t>(llama_n_ctx_seq(object->llama), object->n_positions);
            info[TOKAPU_CONTEXT_INFO_N_BATCH]         = object->n_batch;
            info[TOKAPU_CONTEXT_INFO_N_UBATCH]        = object->n_ubatch;
            info[TOKAPU_CONTEXT_INFO_N_SEQ_MAX]       = object->n_seq_max;
            info[TOKAPU_CONTEXT_INFO_N_RS_SEQ]        = llama_n_rs_seq(object->llama);
            info[TOKAPU_CONTEXT_INFO_N_THREADS]       = llama_n_threads(object->llama);
            info[TOKAPU_CONTEXT_INFO_N_THREADS_BATCH] = llama_n_threads_batch(object->llama);
            info[TOKAPU_CONTEXT_INFO_POOLING_TYPE]    = llama_pooling_type(object->llama);
            info[TOKAPU_CONTEXT_INFO_HAS_MEMORY]      = object->memory != nullptr ? 1 : 0;
            info[TOKAPU_CONTEXT_INFO_CAN_SHIFT]       = no_shift_reason(*object).empty() ? 1 : 0;
        });
        return TOKAPU_OK;
    });
}

int32_t tokapu_context_set_threads(int64_t context, int32_t n_threads, int32_t n_threads_batch) {
    return guarded([&] {
        require_range(n_threads, 1, MAX_THREADS, "n_threads");
        require_range(n_threads_batch, 1, MAX_THREADS, "n_threads_batch");
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        n_threads       = bounded_threads(n_threads, "n_threads");
        n_threads_batch = bounded_threads(n_threads_batch, "n_threads_batch");
        if (n_threads != llama_n_threads(object->llama) || n_threads_batch != llama_n_threads_batch(object->llama)) {
            poisoning(*object, [&] { object->pools.use(object->llama, n_threads, n_threads_batch, object->poll); });
        }
        return TOKAPU_OK;
    });
}

int32_t tokapu_context_set_embeddings(int64_t context, int32_t embeddings) {
    return guarded([&] {
        require_flag(embeddings, "embeddings");
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        if (embeddings != 0) {
            require_ranking_head(*object);
            require_no_hidden_states(*object);
        }
        poisoning(*object, [&] { llama_set_embeddings(object->llama, embeddings != 0); });
        object->embeddings = embeddings != 0;
        return TOKAPU_OK;
    });
}

int32_t tokapu_context_set_causal_attention(int64_t context, int32_t causal) {
    return guarded([&] {
        require_flag(causal, "causal");
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        poisoning(*object, [&] { llama_set_causal_attn(object->llama, causal != 0); });
        object->plan   = true;
        object->causal = causal != 0;
        return TOKAPU_OK;
    });
}

int32_t tokapu_context_synchronize(int64_t context) {
    return guarded([&] {
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        poisoning(*object, [&] { llama_synchronize(object->llama); });
        return TOKAPU_OK;
    });
}

int32_t tokapu_context_abort(int64_t context, int32_t active) {
    return guarded([&] {
        require_flag(active, "active");
        get<Context>(context)->abort.store(active != 0, std::memory_order_relaxed);
        return TOKAPU_OK;
    });
}

}  // extern "C"
