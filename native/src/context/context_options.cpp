// The options of a context: defaults and checks.
#include "context/context.h"
#include "context/context_limits.h"
#include "context/context_memory.h"
#include "core/arguments.h"

#include <algorithm>
#include <iterator>

namespace tokapu {

namespace {

const ggml_type CACHE_TYPES[] = { GGML_TYPE_F32,  GGML_TYPE_F16,    GGML_TYPE_BF16, GGML_TYPE_Q8_0, GGML_TYPE_Q4_0,
                                  GGML_TYPE_Q4_1, GGML_TYPE_IQ4_NL, GGML_TYPE_Q5_0, GGML_TYPE_Q5_1 };

ggml_type cache_type(int64_t value, const char * name) {
    const auto * const found = std::find_if(std::begin(CACHE_TYPES), std::end(CACHE_TYPES),
                                            [=](ggml_type type) { return static_cast<int64_t>(type) == value; });
    if (found == std::end(CACHE_TYPES)) {
        fail(TOKAPU_ERROR_ARGUMENT,
             "%s is %lld; a KV cache can be of f32 (0), f16 (1), bf16 (30), q8_0 (8), q4_0 (2), q4_1 (3), iq4_nl (20), "
             "q5_0 (6) or q5_1 (7)",
             name, static_cast<long long>(value));
    }
    return *found;
}

void check_ranges(const int64_t * ints) {
    const auto check = [&](int key, int64_t min, int64_t max, const char * name) { require_range(ints[key], min, max, name); };
    check(TOKAPU_CONTEXT_I_N_CTX, 0, INT32_MAX - 256, "n_ctx");
    check(TOKAPU_CONTEXT_I_N_BATCH, 1, INT32_MAX / 2, "n_batch");
    check(TOKAPU_CONTEXT_I_N_UBATCH, 1, INT32_MAX / 2, "n_ubatch");
    check(TOKAPU_CONTEXT_I_N_SEQ_MAX, 1, static_cast<int64_t>(llama_max_parallel_sequences()), "n_seq_max");
    check(TOKAPU_CONTEXT_I_N_RS_SEQ, 0, 1024, "n_rs_seq");
    check(TOKAPU_CONTEXT_I_N_OUTPUTS_MAX, 0, INT32_MAX / 2, "n_outputs_max");
    check(TOKAPU_CONTEXT_I_N_OUTPUTS_MAX_PER_SEQ, 0, INT32_MAX / 2, "n_outputs_max_per_seq");
    check(TOKAPU_CONTEXT_I_N_THREADS, 1, MAX_THREADS, "n_threads");
    check(TOKAPU_CONTEXT_I_N_THREADS_BATCH, 1, MAX_THREADS, "n_threads_batch");
    check(TOKAPU_CONTEXT_I_ROPE_SCALING_TYPE, LLAMA_ROPE_SCALING_TYPE_UNSPECIFIED, LLAMA_ROPE_SCALING_TYPE_MAX_VALUE,
          "rope_scaling_type");
    check(TOKAPU_CONTEXT_I_POOLING_TYPE, LLAMA_POOLING_TYPE_UNSPECIFIED, LLAMA_POOLING_TYPE_RANK, "pooling_type");
    check(TOKAPU_CONTEXT_I_ATTENTION_TYPE, LLAMA_ATTENTION_TYPE_UNSPECIFIED, LLAMA_ATTENTION_TYPE_NON_CAUSAL,
          "attention_type");
    check(TOKAPU_CONTEXT_I_FLASH_ATTN_TYPE, LLAMA_FLASH_ATTN_TYPE_AUTO, LLAMA_FLASH_ATTN_TYPE_ENABLED,
          "flash_attn_type");
    check(TOKAPU_CONTEXT_I_YARN_ORIG_CTX, 0, INT32_MAX, "yarn_orig_ctx");
    check(TOKAPU_CONTEXT_I_EMBEDDINGS, 0, 1, "embeddings");
    check(TOKAPU_CONTEXT_I_OFFLOAD_KQV, 0, 1, "offload_kqv");
    check(TOKAPU_CONTEXT_I_NO_PERF, 0, 1, "no_perf");
    check(TOKAPU_CONTEXT_I_OP_OFFLOAD, 0, 1, "op_offload");
    check(TOKAPU_CONTEXT_I_SWA_FULL, 0, 1, "swa_full");
    check(TOKAPU_CONTEXT_I_KV_UNIFIED, 0, 1, "kv_unified");
    check(TOKAPU_CONTEXT_I_POLL, 0, 100, "poll");
    check(TOKAPU_CONTEXT_I_HOST_MEMORY, 0, INT32_MAX, "host_memory");
}

void check_floats(const double * floats) {
    constexpr double big = 1e30;
    require_between(floats[TOKAPU_CONTEXT_F_ROPE_FREQ_BASE], 0, big, "rope_freq_base");
    require_between(floats[TOKAPU_CONTEXT_F_ROPE_FREQ_SCALE], 0, big, "rope_freq_scale");
    require_between(floats[TOKAPU_CONTEXT_F_YARN_EXT_FACTOR], -big, big, "yarn_ext_factor");
    require_between(floats[TOKAPU_CONTEXT_F_YARN_ATTN_FACTOR], -big, big, "yarn_attn_factor");
    require_between(floats[TOKAPU_CONTEXT_F_YARN_BETA_FAST], -big, big, "yarn_beta_fast");
    require_between(floats[TOKAPU_CONTEXT_F_YARN_BETA_SLOW], -big, big, "yarn_beta_slow");
}

void check_cache_types(const llama_context_params & params) {
    if (ggml_is_quantized(params.type_v) && params.flash_attn_type == LLAMA_FLASH_ATTN_TYPE_DISABLED) {
        fail(TOKAPU_ERROR_ARGUMENT, "a V cache of type %s needs flash attention, which is disabled",
             ggml_type_name(params.type_v));
    }
}

// llama.cpp asserts that each sequence can have an output in every batch.
void check_outputs(const Model & model, const llama_context_params & params) {
    const bool     causal = params.attention_type != LLAMA_ATTENTION_TYPE_NON_CAUSAL;
    const uint32_t batch  = causal ? std::min(context_tokens(*model.llama, params), params.n_batch) : params.n_batch;
    const uint32_t outputs =
        params.n_outputs_max == 0 || llama_model_has_encoder(model.llama) ? batch : params.n_outputs_max;
    if (params.n_seq_max > outputs) {
        fail(TOKAPU_ERROR_ARGUMENT, "n_seq_max is %u but a batch can have only %u outputs; raise n_batch%s", params.n_seq_max,
             outputs, outputs == params.n_outputs_max ? " and n_outputs_max" : " and n_ctx");
    }
}

}  // namespace

llama_context_params read_context_options(const Model & model, const int64_t * ints, int32_t n_ints,
                                          const double * floats, int32_t n_floats) {
    require(ints, "ints");
    require(floats, "floats");
    require_range(n_ints, TOKAPU_CONTEXT_I_COUNT, TOKAPU_CONTEXT_I_COUNT, "n_ints");
    require_range(n_floats, TOKAPU_CONTEXT_F_COUNT, TOKAPU_CONTEXT_F_COUNT, "n_floats");
    check_ranges(ints);
    check_floats(floats);
    llama_context_params params  = llama_context_default_params();
    const auto           natural = [&](int key) { return static_cast<uint32_t>(ints[key]); };
    const auto           real    = [&](int key) { return static_cast<float>(floats[key]); };
    params.n_ctx                 = natural(TOKAPU_CONTEXT_I_N_CTX);
    params.n_batch               = natural(TOKAPU_CONTEXT_I_N_BATCH);
    params.n_ubatch              = natural(TOKAPU_CONTEXT_I_N_UBATCH);
    params.n_seq_max             = natural(TOKAPU_CONTEXT_I_N_SEQ_MAX);
    params.n_rs_seq              = natural(TOKAPU_CONTEXT_I_N_RS_SEQ);
    params.n_outputs_max         = natural(TOKAPU_CONTEXT_I_N_OUTPUTS_MAX);
    params.n_outputs_max_per_seq = natural(TOKAPU_CONTEXT_I_N_OUTPUTS_MAX_PER_SEQ);
    params.n_threads             = static_cast<int32_t>(ints[TOKAPU_CONTEXT_I_N_THREADS]);
    params.n_threads_batch       = static_cast<int32_t>(ints[TOKAPU_CONTEXT_I_N_THREADS_BATCH]);
    params.rope_scaling_type     = static_cast<llama_rope_scaling_type>(ints[TOKAPU_CONTEXT_I_ROPE_SCALING_TYPE]);
    params.pooling_type          = static_cast<enum llama_pooling_type>(ints[TOKAPU_CONTEXT_I_POOLING_TYPE]);
    params.attention_type        = static_cast<llama_attention_type>(ints[TOKAPU_CONTEXT_I_ATTENTION_TYPE]);
    params.flash_attn_type       = static_cast<llama_flash_attn_type>(ints[TOKAPU_CONTEXT_I_FLASH_ATTN_TYPE]);
    params.yarn_orig_ctx         = natural(TOKAPU_CONTEXT_I_YARN_ORIG_CTX);
    params.type_k                = cache_type(ints[TOKAPU_CONTEXT_I_TYPE_K], "type_k");
    params.type_v                = cache_type(ints[TOKAPU_CONTEXT_I_TYPE_V], "type_v");
    params.embeddings            = ints[TOKAPU_CONTEXT_I_EMBEDDINGS] != 0;
    params.offload_kqv           = ints[TOKAPU_CONTEXT_I_OFFLOAD_KQV] != 0;
    params.no_perf               = ints[TOKAPU_CONTEXT_I_NO_PERF] != 0;
    params.op_offload            = ints[TOKAPU_CONTEXT_I_OP_OFFLOAD] != 0;
    params.swa_full              = ints[TOKAPU_CONTEXT_I_SWA_FULL] != 0;
    params.kv_unified            = ints[TOKAPU_CONTEXT_I_KV_UNIFIED] != 0;
    params.rope_freq_base        = real(TOKAPU_CONTEXT_F_ROPE_FREQ_BASE);
    params.rope_freq_scale       = real(TOKAPU_CONTEXT_F_ROPE_FREQ_SCALE);
    params.yarn_ext_factor       = real(TOKAPU_CONTEXT_F_YARN_EXT_FACTOR);
    params.yarn_attn_factor      = real(TOKAPU_CONTEXT_F_YARN_ATTN_FACTOR);
    params.yarn_beta_fast        = real(TOKAPU_CONTEXT_F_YARN_BETA_FAST);
    params.yarn_beta_slow        = real(TOKAPU_CONTEXT_F_YARN_BETA_SLOW);
    check_cache_types(params);
    check_outputs(model, params);
    fit_options(model, params);
    check_host_memory(model, params, ints[TOKAPU_CONTEXT_I_HOST_MEMORY]);
    return params;
}

}  // namespace tokapu

using namespace tokapu;

extern "C" int32_t tokapu_context_defaults(int64_t * ints, int32_t n_ints, double * floats, int32_t n_floats) {
    return guarded([&] {
        require(ints, "ints");
        require(floats, "floats");
        require_range(n_ints, TOKAPU_CONTEXT_I_COUNT, TOKAPU_CONTEXT_I_COUNT, "n_ints");
        require_range(n_floats, TOKAPU_CONTEXT_F_COUNT, TOKAPU_CONTEXT_F_COUNT, "n_floats");
        const llama_context_params params             = llama_context_default_params();
        ints[TOKAPU_CONTEXT_I_N_CTX]                  = params.n_ctx;
        ints[TOKAPU_CONTEXT_I_N_BATCH]                = params.n_batch;
        ints[TOKAPU_CONTEXT_I_N_UBATCH]               = params.n_ubatch;
        ints[TOKAPU_CONTEXT_I_N_SEQ_MAX]              = params.n_seq_max;
        ints[TOKAPU_CONTEXT_I_N_RS_SEQ]               = params.n_rs_seq;
        ints[TOKAPU_CONTEXT_I_N_OUTPUTS_MAX]          = params.n_outputs_max;
        ints[TOKAPU_CONTEXT_I_N_OUTPUTS_MAX_PER_SEQ]  = params.n_outputs_max_per_seq;
        ints[TOKAPU_CONTEXT_I_N_THREADS]              = params.n_threads;
        ints[TOKAPU_CONTEXT_I_N_THREADS_BATCH]        = params.n_threads_batch;
        ints[TOKAPU_CONTEXT_I_ROPE_SCALING_TYPE]      = params.rope_scaling_type;
        ints[TOKAPU_CONTEXT_I_POOLING_TYPE]           = params.pooling_type;
        ints[TOKAPU_CONTEXT_I_ATTENTION_TYPE]         = params.attention_type;
        ints[TOKAPU_CONTEXT_I_FLASH_ATTN_TYPE]        = params.flash_attn_type;
        ints[TOKAPU_CONTEXT_I_YARN_ORIG_CTX]          = params.yarn_orig_ctx;
        ints[TOKAPU_CONTEXT_I_TYPE_K]                 = params.type_k;
        ints[TOKAPU_CONTEXT_I_TYPE_V]                 = params.type_v;
        ints[TOKAPU_CONTEXT_I_EMBEDDINGS]             = params.embeddings ? 1 : 0;
        ints[TOKAPU_CONTEXT_I_OFFLOAD_KQV]            = params.offload_kqv ? 1 : 0;
        ints[TOKAPU_CONTEXT_I_NO_PERF]                = params.no_perf ? 1 : 0;
        ints[TOKAPU_CONTEXT_I_OP_OFFLOAD]             = params.op_offload ? 1 : 0;
        ints[TOKAPU_CONTEXT_I_SWA_FULL]               = params.swa_full ? 1 : 0;
        ints[TOKAPU_CONTEXT_I_KV_UNIFIED]             = params.kv_unified ? 1 : 0;
        ints[TOKAPU_CONTEXT_I_POLL]                   = static_cast<int64_t>(ggml_threadpool_params_default(1).poll);
        ints[TOKAPU_CONTEXT_I_HOST_MEMORY]            = 0;
        floats[TOKAPU_CONTEXT_F_ROPE_FREQ_BASE]       = static_cast<double>(params.rope_freq_base);
        floats[TOKAPU_CONTEXT_F_ROPE_FREQ_SCALE]      = static_cast<double>(params.rope_freq_scale);
        floats[TOKAPU_CONTEXT_F_YARN_EXT_FACTOR]      = static_cast<double>(params.yarn_ext_factor);
        floats[TOKAPU_CONTEXT_F_YARN_ATTN_FACTOR]     = static_cast<double>(params.yarn_attn_factor);
        floats[TOKAPU_CONTEXT_F_YARN_BETA_FAST]       = static_cast<double>(params.yarn_beta_fast);
        floats[TOKAPU_CONTEXT_F_YARN_BETA_SLOW]       = static_cast<double>(params.yarn_beta_slow);
        return TOKAPU_OK;
    });
}
