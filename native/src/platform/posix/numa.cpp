#include "platform/numa.h"

#include "platform/files.h"

#include <sched.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace tokapu {

namespace {

constexpr int N_PROCESSORS = 64 * static_cast<int>(std::tuple_size<decltype(ProcessorSet::words)>::value);
constexpr int MAX_NODES    = 8;  // GGML_NUMA_MAX_NODES

static_assert(sizeof(cpu_set_t) == sizeof(ProcessorSet), "a set has the bits of cpu_set_t");

std::string node_folder(size_t node) {
    return "/sys/devices/system/node/node" + std::to_string(node);
}

ProcessorSet processors_of(size_t node) {
    ProcessorSet set;
    for (int processor = 0; processor < N_PROCESSORS; processor++) {
        if (file_status(node_folder(node) + "/cpu" + std::to_string(processor)).type != FileType::missing) {
            set.words[static_cast<size_t>(processor) / 64] |= uint64_t{ 1 } << (static_cast<unsigned>(processor) % 64);
        }
    }
    return set;
}

}  // namespace

bool thread_processors(ProcessorSet & set) {
    cpu_set_t system;
    if (sched_getaffinity(0, sizeof(system), &system) != 0) {
        return false;
    }
    std::memcpy(set.words.data(), &system, sizeof(system));
    return true;
}

bool bind_thread(const ProcessorSet & set) {
    cpu_set_t system;
    std::memcpy(&system, set.words.data(), sizeof(system));
    return sched_setaffinity(0, sizeof(system), &system) == 0;
}

std::vector<ProcessorSet> node_processors() {
    std::vector<ProcessorSet> nodes;
    while (nodes.size() < MAX_NODES && file_status(node_folder(nodes.size())).type == FileType::directory) {
        nodes.push_back(processors_of(nodes.size()));
    }
    return nodes;
}

int current_processor() {
    return sched_getcpu();
}

int32_t usable_nodes() {
    ProcessorSet own;
    if (!thread_processors(own)) {
        return 1;
    }
    int32_t n = 0;
    for (const ProcessorSet & node : node_processors()) {
        bool usable = false;
        for (size_t i = 0; i < own.words.size(); i++) {
            usable = usable || (own.words[i] & node.words[i]) != 0;
        }
        n += usable ? 1 : 0;
    }
    return std::max(n, 1);
}

}  // namespace tokapu
