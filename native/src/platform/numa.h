// NUMA nodes, and the processors that a thread may use.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace tokapu {

// Processors by number, a bit each.
struct ProcessorSet {
    std::array<uint64_t, 16> words{};
};

// The processors that the calling thread may use; false when the system does not tell, or has more than a set can hold.
bool thread_processors(ProcessorSet & set);

// Binds the calling thread to these processors. The system leaves out the ones that this process may not use; false when none is
// left.
bool bind_thread(const ProcessorSet & set);

// The processors of the nodes 0, 1, ... as ggml finds them; empty where it does not look for nodes.
std::vector<ProcessorSet> node_processors();

// The processor that the calling thread runs on, -1 when unknown.
int current_processor();

// The nodes with processors that this process may use, 1 when unknown.
int32_t usable_nodes();

}  // namespace tokapu
