#include "quantize/quantize.h"

#include "core/guard.h"
#include "imatrix-loader.h"

#include <cstring>
#include <map>

namespace tokapu {

namespace {

// As the tool llama-quantize makes them of an importance matrix: means of squares by tensor, and entries of the metadata.
struct Weights {
    std::map<std::string, std::vector<float>> values;
    std::vector<llama_model_kv_override>      overrides;
};

std::vector<float> means(const common_imatrix_entry & entry, bool legacy) {
    std::vector<float> values(entry.sums);
    const size_t       n_counts = entry.counts.size();
    if (n_counts == 0 || values.size() % n_counts != 0) {
        fail(TOKAPU_ERROR_ARGUMENT, "the importance matrix has %zu sums for %zu counts", values.size(), n_counts);
    }
    const size_t n = values.size() / n_counts;
    for (size_t i = 0; i < values.size(); i++) {
        const auto count = static_cast<float>(entry.counts[i / n]);
        if (count > 0) {
            values[i] /= count;
        } else if (!legacy) {
            values[i] = 1;
        }
    }
    return values;
}

llama_model_kv_override text(const char * key, const std::string & value) {
    llama_model_kv_override item = {};
    item.tag                     = LLAMA_KV_OVERRIDE_TYPE_STR;
    std::strncpy(item.key, key, sizeof(item.key) - 1);
    std::strncpy(item.val_str, value.c_str(), sizeof(item.val_str) - 1);
    return item;
}

llama_model_kv_override number(const char * key, int64_t value) {
    llama_model_kv_override item = {};
    item.tag                     = LLAMA_KV_OVERRIDE_TYPE_INT;
    item.val_i64                 = value;
    std::strncpy(item.key, key, sizeof(item.key) - 1);
    return item;
}

Weights read_weights(const std::string & path) {
    common_imatrix matrix;
    if (!common_imatrix_load(path, matrix) || (!matrix.is_legacy && !matrix.has_metadata)) {
        fail(TOKAPU_ERROR_ARGUMENT, "%s is no importance matrix, or a damaged one", path.c_str());
    }
    Weights weights;
    for (const auto & [name, entry] : matrix.entries) {
        weights.values.emplace(name, means(entry, matrix.is_legacy));
    }
    weights.overrides.push_back(text("quantize.imatrix.file", path));
    if (!matrix.datasets.empty()) {
        weights.overrides.push_back(text("quantize.imatrix.dataset", matrix.datasets[0]));
    }
    weights.overrides.push_back(number("quantize.imatrix.entries_count", static_cast<int64_t>(weights.values.size())));
    if (matrix.chunk_count > 0) {
        weights.overrides.push_back(number("quantize.imatrix.chunks_count", matrix.chunk_count));
    }
    return weights;
}

ggml_type type_or_none(int64_t type) {
    return type == -1 ? GGML_TYPE_COUNT : static_cast<ggml_type>(type);
}

}  // namespace

void quantize_here(const QuantizeJob & job) {
    const std::vector<int64_t> & options = job.options;
    llama_model_quantize_params  params  = llama_model_quantize_default_params();
    params.nthread                       = static_cast<int32_t>(options[TOKAPU_QUANTIZE_I_N_THREADS]);
    params.ftype                         = static_cast<llama_ftype>(options[TOKAPU_QUANTIZE_I_FTYPE]);
    params.output_tensor_type            = type_or_none(options[TOKAPU_QUANTIZE_I_OUTPUT_TYPE]);
    params.token_embedding_type          = type_or_none(options[TOKAPU_QUANTIZE_I_EMBEDDING_TYPE]);
    params.allow_requantize              = options[TOKAPU_QUANTIZE_I_ALLOW_REQUANTIZE] != 0;
    params.quantize_output_tensor        = options[TOKAPU_QUANTIZE_I_QUANTIZE_OUTPUT] != 0;
    params.only_copy                     = options[TOKAPU_QUANTIZE_I_ONLY_COPY] != 0;
    params.pure                          = options[TOKAPU_QUANTIZE_I_PURE] != 0;
    params.dry_run                       = options[TOKAPU_QUANTIZE_I_DRY_RUN] != 0;
    params.keep_split                    = options[TOKAPU_QUANTIZE_I_KEEP_SPLIT] != 0;
    params.max_buf_size                  = static_cast<size_t>(options[TOKAPU_QUANTIZE_I_MAX_BUFFER]);

    std::vector<llama_model_kv_override>  overrides = job.overrides;
    std::vector<llama_model_imatrix_data> matrix;
    Weights                               weights;
    if (!job.imatrix.empty()) {
        weights = read_weights(job.imatrix);
        overrides.insert(overrides.end(), weights.overrides.begin(), weights.overrides.end());
        for (const auto & [name, values] : weights.values) {
            matrix.push_back({ name.c_str(), values.data(), values.size() });
        }
        matrix.push_back({ nullptr, nullptr, 0 });
        params.imatrix = matrix.data();
    }
    if (!overrides.empty()) {
        overrides.push_back({});  // the end is marked by an empty key
        params.kv_overrides = overrides.data();
    }
    std::vector<llama_model_tensor_override> rules;
    for (const QuantizeRule & rule : job.rules) {
        rules.push_back({ rule.pattern.c_str(), rule.type });
    }
    if (!rules.empty()) {
        rules.push_back({ nullptr, GGML_TYPE_COUNT });
        params.tt_overrides = rules.data();
    }
    std::vector<int32_t> pruned = job.pruned;
    if (!pruned.empty()) {
        pruned.push_back(-1);
        params.prune_layers = pruned.data();
    }
    if (llama_model_quantize(job.input.c_str(), job.output.c_str(), &params) != 0) {
        fail(memory_status(TOKAPU_ERROR_MODEL), "%s cannot be quantized", job.input.c_str());
    }
}

}  // namespace tokapu
