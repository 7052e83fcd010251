// The CPU backend's libraries, one per micro-architecture, and which of them can run here.
#pragma once

#include <string>
#include <vector>

namespace tokapu {

struct CpuVariant {
    std::string name;  // "haswell"
    std::string path;
    int         score = 0;  // 0: cannot run here
    std::string reason;     // why the score is 0
};

// All variants in a directory, best first.
std::vector<CpuVariant> find_cpu_variants(const std::string & directory);

}  // namespace tokapu
