#include "imatrix/imatrix_collector.h"

#include "ggml-backend.h"

#include <algorithm>
#include <cmath>
#include <exception>

namespace tokapu {

namespace {

constexpr int64_t MIN_ROWS = 16;  // llama-imatrix leaves out smaller products

// "CUDA0#blk.0.attn_k.weight#0" -> "blk.0.attn_k.weight"
std::string weight_name(const char * name) {
    const std::string text = name;
    const size_t      from = text.find('#');
    if (from == std::string::npos) {
        return text;
    }
    return text.substr(from + 1, text.find('#', from + 1) - from - 1);
}

bool all_finite(const std::vector<float> & values) {
    return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

void add_squares(const float * x, float * sums, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        sums[i] += x[i] * x[i];
    }
}

// Whether an entry has this many sums, which a new one gets.
bool fits(ImatrixCollector::Entry & entry, int64_t n_sums, int64_t n_counts) {
    if (entry.sums.empty()) {
        entry.sums.resize(static_cast<size_t>(n_sums), 0);
        entry.counts.resize(static_cast<size_t>(n_counts), 0);
    }
    return entry.sums.size() == static_cast<size_t>(n_sums);
}

}  // namespace

bool ImatrixCollector::on_tensor(ggml_tensor * tensor, bool ask, void * data) noexcept {
    auto * collector = static_cast<ImatrixCollector *>(data);
    try {
        if (!collector->problem.empty() || tensor->src[0] == nullptr || tensor->src[1] == nullptr) {
            return !ask;
        }
        const std::string name = weight_name(tensor->src[0]->name);
        if (ask) {
            return collector->wants(tensor, name);
        }
        collector->add(tensor, name);
    } catch (const std::exception & e) {
        collector->problem = e.what();
    }
    return true;
}

bool ImatrixCollector::wants(const ggml_tensor * tensor, const std::string & name) const {
    if (tensor->op == GGML_OP_MUL_MAT_ID) {
        return true;
    }
    const ggml_tensor * input = tensor->src[1];
    return tensor->op == GGML_OP_MUL_MAT && input->ne[1] >= MIN_ROWS && input->type == GGML_TYPE_F32 &&
           (name.compare(0, 4, "blk.") == 0 || (output && name == "output.weight"));
}

void ImatrixCollector::add(const ggml_tensor * tensor, const std::string & name) {
    const ggml_tensor * input = tensor->src[1];
    if (input->type != GGML_TYPE_F32 || input->nb[0] != sizeof(float)) {
        problem = "the input of " + name + " is no matrix of 32-bit numbers";
        return;
    }
    const char * data = static_cast<const char *>(input->data);
    if (!ggml_backend_buffer_is_host(input->buffer)) {
        copied.resize(ggml_nbytes(input));
        ggml_backend_tensor_get(input, copied.data(), 0, copied.size());
        data = copied.data();
    }
    Entry & entry = entries[name];
    if (tensor->op == GGML_OP_MUL_MAT_ID) {
        add_experts(tensor, data, entry);
    } else {
        add_matrix(tensor, data, entry);
    }
    if (problem.empty() && !all_finite(entry.sums)) {
        problem = "the input of " + name + " has numbers that are not finite";
    }
}

// src[1] is [columns, used experts or 1, tokens], src[2] the chosen experts of each token, perhaps not contiguous.
void ImatrixCollector::add_experts(const ggml_tensor * tensor, const char * data, Entry & entry) {
    const ggml_tensor * input     = tensor->src[1];
    const ggml_tensor * chosen    = tensor->src[2];
    const int64_t       n_experts = tensor->src[0]->ne[2];
    if (!fits(entry, input->ne[0] * n_experts, n_experts) || entry.counts.size() != static_cast<size_t>(n_experts) ||
        chosen->ne[1] != input->ne[2] || input->ne[3] != 1) {
        problem = std::string("the shapes of ") + tensor->src[0]->name + " change";
        return;
    }
    ids.resize(ggml_nbytes(chosen));
    ggml_backend_tensor_get(chosen, ids.data(), 0, ids.size());
    for (int64_t use = 0; use < chosen->ne[0]; use++) {
        for (int64_t row = 0; row < input->ne[2]; row++) {
            const char *  at     = ids.data() + row * static_cast<int64_t>(chosen->nb[1]) + use * static_cast<int64_t>(chosen->nb[0]);
            const int32_t expert = *reinterpret_cast<const int32_t *>(at);
            if (expert < 0 || expert >= n_experts) {
                problem = "an expert is not there";
                return;
            }
            const char * x = data + (use % input->ne[1]) * static_cast<int64_t>(input->nb[1]) + row * static_cast<int64_t>(input->nb[2]);
            entry.counts[static_cast<size_t>(expert)]++;
            add_squares(reinterpret_cast<const float *>(x), entry.sums.data() + expert * input->ne[0], input->ne[0]);
        }
    }
}

void ImatrixCollector::add_matrix(const ggml_tensor * tensor, const char * data, Entry & entry) {
    const ggml_tensor * weights    = tensor->src[0];
    const ggml_tensor * input      = tensor->src[1];
    const int64_t       n_matrices = weights->ne[2] * weights->ne[3];
    if (!fits(entry, input->ne[0] * n_matrices, 1)) {
        problem = std::string("the shapes of ") + weights->name + " change";
        return;
    }
    for (int64_t i3 = 0; i3 < input->ne[3]; i3++) {
        for (int64_t i2 = 0; i2 < input->ne[2]; i2++) {
            const int64_t matrix = (i3 % weights->ne[3]) * weights->ne[2] + (i2 % weights->ne[2]);
            for (int64_t row = 0; row < input->ne[1]; row++) {
                const char * x = data + row * static_cast<int64_t>(input->nb[1]) + i2 * static_cast<int64_t>(input->nb[2]) +
                                 i3 * static_cast<int64_t>(input->nb[3]);
                add_squares(reinterpret_cast<const float *>(x), entry.sums.data() + matrix * input->ne[0], input->ne[0]);
            }
        }
    }
    for (int64_t & count : entry.counts) {  // several where a tensor is also one of experts
        count += ggml_nrows(input) / n_matrices;
    }
}

}  // namespace tokapu
