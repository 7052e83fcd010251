// The exported functions: defaults, checks of arguments.
#include "quantize/quantize.h"

#include "chat/text_cache.h"
#include "core/arguments.h"

namespace tokapu {

namespace {

constexpr int32_t MOST       = 10000;
constexpr int64_t MIN_BUFFER = int64_t(1) << 20;

// Types that llama.cpp can write.
bool is_target(int64_t type) {
    switch (type) {
        case GGML_TYPE_F32:
        case GGML_TYPE_F16:
        case GGML_TYPE_BF16:
        case GGML_TYPE_Q1_0:
        case GGML_TYPE_Q2_0:
        case GGML_TYPE_Q4_0:
        case GGML_TYPE_Q4_1:
        case GGML_TYPE_Q5_0:
        case GGML_TYPE_Q5_1:
        case GGML_TYPE_Q8_0:
        case GGML_TYPE_MXFP4:
        case GGML_TYPE_NVFP4:
        case GGML_TYPE_Q2_K:
        case GGML_TYPE_Q3_K:
        case GGML_TYPE_Q4_K:
        case GGML_TYPE_Q5_K:
        case GGML_TYPE_Q6_K:
        case GGML_TYPE_TQ1_0:
        case GGML_TYPE_TQ2_0:
        case GGML_TYPE_IQ1_S:
        case GGML_TYPE_IQ1_M:
        case GGML_TYPE_IQ2_XXS:
        case GGML_TYPE_IQ2_XS:
        case GGML_TYPE_IQ2_S:
        case GGML_TYPE_IQ3_XXS:
        case GGML_TYPE_IQ3_S:
        case GGML_TYPE_IQ4_NL:
        case GGML_TYPE_IQ4_XS:
            return true;
        default:
            return false;
    }
}

ggml_type target(int64_t type, const char * what) {
    if (!is_target(type)) {
        fail(TOKAPU_ERROR_ARGUMENT, "%s cannot become of the type %lld; tensors cannot be quantized to it", what,
             static_cast<long long>(type));
    }
    return static_cast<ggml_type>(type);
}

std::vector<QuantizeRule> read_rules(const char * rules, int32_t n_rules) {
    require_range(n_rules, 0, MOST, "n_rules");
    const std::vector<std::string> texts = list_in(rules, 2 * n_rules, "rules");
    std::vector<QuantizeRule>      list;
    for (size_t i = 0; i < texts.size(); i += 2) {
        const std::string & number = texts[i + 1];
        const bool          digits = !number.empty() && number.size() < 4 && number.find_first_not_of("0123456789") == std::string::npos;
        if (texts[i].empty() || !digits) {
            fail(TOKAPU_ERROR_ARGUMENT, "the rule '%s' = '%s' is no pattern and the number of a type", texts[i].c_str(),
                 number.c_str());
        }
        list.push_back({ texts[i], target(std::stoi(number), texts[i].c_str()) });
    }
    return list;
}

std::vector<int32_t> read_pruned(const int32_t * pruned, int32_t n_pruned) {
    require_range(n_pruned, 0, MOST, "n_pruned");
    if (n_pruned > 0) {
        require(pruned, "pruned");
    }
    std::vector<int32_t> list(pruned, pruned + n_pruned);
    for (size_t i = 0; i < list.size(); i++) {
        require_range(list[i], i == 0 ? 0 : int64_t(list[i - 1]) + 1, MOST, "a layer of pruned, which is in order,");
    }
    return list;
}

void check_options(const int64_t * options) {
    require_range(options[TOKAPU_QUANTIZE_I_FTYPE], LLAMA_FTYPE_ALL_F32, LLAMA_FTYPE_MOSTLY_Q2_0, "the file type");
    require_range(options[TOKAPU_QUANTIZE_I_N_THREADS], 0, 1024, "n_threads");
    for (const int key : { TOKAPU_QUANTIZE_I_OUTPUT_TYPE, TOKAPU_QUANTIZE_I_EMBEDDING_TYPE }) {
        if (options[key] != -1) {
            target(options[key], key == TOKAPU_QUANTIZE_I_OUTPUT_TYPE ? "output.weight" : "the embeddings");
        }
    }
    require_flag(options[TOKAPU_QUANTIZE_I_ALLOW_REQUANTIZE], "allow_requantize");
    require_flag(options[TOKAPU_QUANTIZE_I_QUANTIZE_OUTPUT], "quantize_output");
    require_flag(options[TOKAPU_QUANTIZE_I_ONLY_COPY], "only_copy");
    require_flag(options[TOKAPU_QUANTIZE_I_PURE], "pure");
    require_flag(options[TOKAPU_QUANTIZE_I_DRY_RUN], "dry_run");
    require_range(options[TOKAPU_QUANTIZE_I_MAX_BUFFER], MIN_BUFFER, INT64_MAX, "max_buffer");
    require_flag(options[TOKAPU_QUANTIZE_I_INSIDE], "inside");
    require_flag(options[TOKAPU_QUANTIZE_I_KEEP_SPLIT], "keep_split");
}

}  // namespace

}  // namespace tokapu

using namespace tokapu;

extern "C" int32_t tokapu_quantize_defaults(int64_t * options, int32_t n_options) {
    return guarded([&] {
        require(options, "options");
        require_range(n_options, TOKAPU_QUANTIZE_I_COUNT, TOKAPU_QUANTIZE_I_COUNT, "n_options");
        const llama_model_quantize_params params    = llama_model_quantize_default_params();
        options[TOKAPU_QUANTIZE_I_FTYPE]            = params.ftype;
        options[TOKAPU_QUANTIZE_I_N_THREADS]        = params.nthread;
        options[TOKAPU_QUANTIZE_I_OUTPUT_TYPE]      = -1;
        options[TOKAPU_QUANTIZE_I_EMBEDDING_TYPE]   = -1;
        options[TOKAPU_QUANTIZE_I_ALLOW_REQUANTIZE] = params.allow_requantize ? 1 : 0;
        options[TOKAPU_QUANTIZE_I_QUANTIZE_OUTPUT]  = params.quantize_output_tensor ? 1 : 0;
        options[TOKAPU_QUANTIZE_I_ONLY_COPY]        = params.only_copy ? 1 : 0;
        options[TOKAPU_QUANTIZE_I_PURE]             = params.pure ? 1 : 0;
        options[TOKAPU_QUANTIZE_I_DRY_RUN]          = params.dry_run ? 1 : 0;
        options[TOKAPU_QUANTIZE_I_MAX_BUFFER]       = static_cast<int64_t>(params.max_buf_size);
        options[TOKAPU_QUANTIZE_I_INSIDE]           = 0;
        options[TOKAPU_QUANTIZE_I_KEEP_SPLIT]       = params.keep_split ? 1 : 0;
        return TOKAPU_OK;
    });
}

extern "C" int32_t tokapu_quantize(const char * paths, const int64_t * options, int32_t n_options, const char * rules,
                                   int32_t n_rules, const char * overrides, int32_t n_overrides, const int32_t * pruned,
                                   int32_t n_pruned, tokapu_progress_callback progress, int64_t user_data, char * buf,
                                   int32_t capacity, int32_t * length) {
    return guarded([&] {
        require(length, "length");
        require_buffer(buf, capacity, "buf");
        require(options, "options");
        require_range(n_options, TOKAPU_QUANTIZE_I_COUNT, TOKAPU_QUANTIZE_I_COUNT, "n_options");
        check_options(options);
        const std::vector<std::string> files = list_in(paths, 3, "paths");
        QuantizeJob                    job;
        job.input     = files[0];
        job.output    = files[1];
        job.imatrix   = files[2];
        job.options   = { options, options + n_options };
        job.rules     = read_rules(rules, n_rules);
        job.overrides = read_overrides(overrides, n_overrides);
        job.pruned    = read_pruned(pruned, n_pruned);
        if (job.input.empty() || job.output.empty() != (options[TOKAPU_QUANTIZE_I_DRY_RUN] != 0)) {
            fail(TOKAPU_ERROR_ARGUMENT, "the model '%s' or the file to be written '%s' is missing, or a dry run has one",
                 job.input.c_str(), job.output.c_str());
        }
        if (options[TOKAPU_QUANTIZE_I_INSIDE] != 0) {
            quantize_here(job);
            return text_out_or_cache("", buf, capacity, length);
        }
        Progress listener = { progress, user_data, false };
        return text_out_or_cache(quantize_apart(job, listener), buf, capacity, length);
    });
}
