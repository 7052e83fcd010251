// Where compute threads run on a machine with several NUMA nodes.
#pragma once

#include "platform/numa.h"

#include <cstdint>

namespace tokapu {

// Fails with TOKAPU_ERROR_BACKEND when threads cannot run as the strategy says. To be asked before anything is loaded.
void check_numa(int32_t strategy);

// Sets it for good, between loading the CPU's library and the first computation.
void start_numa(int32_t strategy);

// Fails with TOKAPU_ERROR_BACKEND when another one has been set. TOKAPU_NUMA_NONE asks for nothing.
void require_numa(int32_t strategy);

// Whether ggml binds threads to processors at each computation.
bool binds_threads();

// Gives the calling thread the processors back that it has now: it computes with the others, and ggml lets it use all processors
// afterwards, whatever taskset, numactl or its owner have said.
class KeptProcessors {
  public:
    explicit KeptProcessors(bool wanted = binds_threads());
    ~KeptProcessors();
    KeptProcessors(const KeptProcessors &)             = delete;
    KeptProcessors & operator=(const KeptProcessors &) = delete;

  private:
    ProcessorSet before;
    bool         known;
};

}  // namespace tokapu
