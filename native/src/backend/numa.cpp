// NUMA: what ggml does with threads, within the processors that this process was given.
#include "backend/numa.h"

#include "core/arguments.h"
#include "llama.h"
#include "platform/machine.h"

#include <atomic>

namespace tokapu {

namespace {

std::atomic<int32_t> strategy_in_use{ TOKAPU_NUMA_NONE };
std::atomic<bool>    threads_are_bound{ false };  // ggml binds them at each computation

const char * name_of(int32_t strategy) {
    static const char * const names[] = { "none", "distribute", "isolate", "numactl" };
    return names[strategy];
}

bool is_within(const ProcessorSet & set, const ProcessorSet & whole) {
    for (size_t i = 0; i < set.words.size(); i++) {
        if ((set.words[i] & ~whole.words[i]) != 0) {
            return false;
        }
    }
    return true;
}

bool contains(const ProcessorSet & set, int processor) {
    const auto number = static_cast<size_t>(processor);
    return processor >= 0 && number / 64 < set.words.size() && (set.words[number / 64] >> (number % 64) & 1U) != 0;
}

ProcessorSet own_processors() {
    ProcessorSet own;
    if (!thread_processors(own)) {
        fail(TOKAPU_ERROR_BACKEND, "the processors that this process may use cannot be read: no NUMA strategy works here");
    }
    return own;
}

// Binds this thread as ggml will bind its own, and looks what comes of it: a cpuset takes away what is not in it, but taskset and
// numactl do not hold a thread that asks for more.
void try_node(const ProcessorSet & node, size_t number, const ProcessorSet & own) {
    const KeptProcessors keep(true);
    ProcessorSet         bound;
    if (!bind_thread(node)) {
        fail(TOKAPU_ERROR_BACKEND,
             "the NUMA strategy 'distribute' needs processors of all nodes, and this process may use none of node %d: 'isolate' and "
             "'numactl' need one node alone",
             static_cast<int>(number));
    }
    if (!thread_processors(bound) || !is_within(bound, own)) {
        fail(TOKAPU_ERROR_BACKEND,
             "the NUMA strategy 'distribute' would take threads to processors of node %d that this process was told not to use (by "
             "taskset or numactl): start it without, or with the strategy 'numactl'",
             static_cast<int>(number));
    }
}

// The node of this thread, of which it may use a part.
ProcessorSet own_node(const std::vector<ProcessorSet> & nodes, const ProcessorSet & own) {
    const int here = current_processor();
    for (ProcessorSet node : nodes) {
        if (contains(node, here)) {
            for (size_t i = 0; i < node.words.size(); i++) {
                node.words[i] &= own.words[i];
            }
            return node;
        }
    }
    fail(TOKAPU_ERROR_BACKEND, "processor %d, which this thread runs on, is in none of the first %d NUMA nodes", here,
         static_cast<int>(nodes.size()));
}

bool is_numa() {
    ggml_backend_reg_t reg = ggml_backend_dev_backend_reg(ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU));
    auto * const       ask = reinterpret_cast<bool (*)()>(ggml_backend_reg_get_proc_address(reg, "ggml_backend_cpu_is_numa"));
    return ask != nullptr && ask();
}

}  // namespace

void check_numa(int32_t strategy) {
    const std::vector<ProcessorSet> nodes = strategy == TOKAPU_NUMA_NONE ? std::vector<ProcessorSet>() : node_processors();
    if (nodes.size() < 2) {
        return;
    }
    const ProcessorSet own = own_processors();
    if (strategy == TOKAPU_NUMA_DISTRIBUTE) {
        for (size_t number = 0; number < nodes.size(); number++) {
            try_node(nodes[number], number, own);
        }
    } else if (strategy == TOKAPU_NUMA_ISOLATE) {
        own_node(nodes, own);
    }
}

// ggml would isolate threads on all processors of a node; with those of them that this process may use, its strategy for numactl is
// the same.
void start_numa(int32_t strategy) {
    const KeptProcessors            keep(true);
    const std::vector<ProcessorSet> nodes = strategy == TOKAPU_NUMA_ISOLATE ? node_processors() : std::vector<ProcessorSet>();
    if (nodes.size() > 1) {
        bind_thread(own_node(nodes, own_processors()));
        llama_numa_init(GGML_NUMA_STRATEGY_NUMACTL);
    } else {
        llama_numa_init(static_cast<ggml_numa_strategy>(strategy));
    }
    strategy_in_use   = strategy;
    threads_are_bound = strategy != TOKAPU_NUMA_NONE && is_numa();
}

void require_numa(int32_t strategy) {
    if (strategy != TOKAPU_NUMA_NONE && strategy != strategy_in_use) {
        fail(TOKAPU_ERROR_BACKEND,
             "the NUMA strategy '%s' was asked for but '%s' is set; a process uses one, so choose it before the first model is "
             "loaded",
             name_of(strategy), name_of(strategy_in_use));
    }
}

bool binds_threads() {
    return threads_are_bound;
}

KeptProcessors::KeptProcessors(bool wanted) : known(wanted && thread_processors(before)) {}

KeptProcessors::~KeptProcessors() {
    if (known) {
        bind_thread(before);
    }
}

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_backend_numa(int32_t * strategy, int32_t * n_nodes) {
    return guarded([&] {
        require(strategy, "strategy");
        require(n_nodes, "n_nodes");
        *strategy = strategy_in_use;
        *n_nodes  = usable_nodes();
        return TOKAPU_OK;
    });
}

int32_t tokapu_backend_performance_cores(int32_t * n_cores) {
    return guarded([&] {
        require(n_cores, "n_cores");
        *n_cores = performance_cores();
        return TOKAPU_OK;
    });
}

}  // extern "C"
