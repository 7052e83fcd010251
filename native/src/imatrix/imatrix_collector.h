// How large the numbers are that each column of a matrix is multiplied with, summed up while a context computes.
#pragma once

#include "ggml.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tokapu {

class ImatrixCollector {
  public:
    // Of a matrix, or of several in one tensor: sums of squares by column, and how many rows each sum is of.
    struct Entry {
        std::vector<float>   sums;
        std::vector<int64_t> counts;
    };

    explicit ImatrixCollector(bool output) : output(output) {}

    // A ggml_backend_sched_eval_callback whose data is a collector. Never stops the computation.
    static bool on_tensor(ggml_tensor * tensor, bool ask, void * data) noexcept;

    std::map<std::string, Entry> entries;  // by the tensor's name, in order
    std::string                  problem;  // empty: none; otherwise nothing was added since

  private:
    bool wants(const ggml_tensor * tensor, const std::string & name) const;
    void add(const ggml_tensor * tensor, const std::string & name);
    void add_experts(const ggml_tensor * tensor, const char * data, Entry & entry);
    void add_matrix(const ggml_tensor * tensor, const char * data, Entry & entry);

    bool              output;
    std::vector<char> copied;
    std::vector<char> ids;
};

}  // namespace tokapu
