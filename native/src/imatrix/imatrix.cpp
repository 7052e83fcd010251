// The exported functions of importance matrices.
#include "context/context.h"
#include "core/arguments.h"
#include "imatrix/imatrix_collector.h"

namespace tokapu {

namespace {

ImatrixCollector & collector_of(const Context & context) {
    if (context.imatrix == nullptr) {
        fail(TOKAPU_ERROR_ARGUMENT, "the context does not collect an importance matrix; start it first");
    }
    if (!context.imatrix->problem.empty()) {
        fail(TOKAPU_ERROR_DECODE, "no importance matrix could be collected: %s", context.imatrix->problem.c_str());
    }
    return *context.imatrix;
}

const std::pair<const std::string, ImatrixCollector::Entry> & entry_of(const Context & context, int32_t index) {
    const auto & entries = collector_of(context).entries;
    require_range(index, 0, static_cast<int64_t>(entries.size()) - 1, "index");
    return *std::next(entries.begin(), index);
}

}  // namespace

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_imatrix_start(int64_t context, int32_t output) {
    return guarded([&] {
        require_flag(output, "output");
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        auto            collector = std::make_unique<ImatrixCollector>(output != 0);
        collect(*object, ImatrixCollector::on_tensor, collector.get());
        object->imatrix = std::move(collector);
        return TOKAPU_OK;
    });
}

int32_t tokapu_imatrix_count(int64_t context, int32_t * n) {
    return guarded([&] {
        require(n, "n");
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        *n = static_cast<int32_t>(collector_of(*object).entries.size());
        return TOKAPU_OK;
    });
}

int32_t tokapu_imatrix_name(int64_t context, int32_t index, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        return text_out(entry_of(*object, index).first, buf, capacity, length);
    });
}

int32_t tokapu_imatrix_sizes(int64_t context, int32_t index, int32_t * n_sums, int32_t * n_counts) {
    return guarded([&] {
        require(n_sums, "n_sums");
        require(n_counts, "n_counts");
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        const auto &    entry = entry_of(*object, index).second;
        *n_sums               = static_cast<int32_t>(entry.sums.size());
        *n_counts             = static_cast<int32_t>(entry.counts.size());
        return TOKAPU_OK;
    });
}

int32_t tokapu_imatrix_entry(int64_t context, int32_t index, float * sums, int32_t n_sums, int64_t * counts, int32_t n_counts) {
    return guarded([&] {
        require(sums, "sums");
        require(counts, "counts");
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        const auto &    entry = entry_of(*object, index).second;
        require_range(n_sums, static_cast<int64_t>(entry.sums.size()), static_cast<int64_t>(entry.sums.size()), "n_sums");
        require_range(n_counts, static_cast<int64_t>(entry.counts.size()), static_cast<int64_t>(entry.counts.size()), "n_counts");
        std::copy(entry.sums.begin(), entry.sums.end(), sums);
        std::copy(entry.counts.begin(), entry.counts.end(), counts);
        return TOKAPU_OK;
    });
}

}  // extern "C"
