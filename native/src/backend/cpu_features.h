// Which variants of the CPU backend the processor and the operating system can run, without looking at their libraries.
#pragma once

#include <string>
#include <vector>

namespace tokapu {

struct CpuObstacle {
    const char * variant;
    std::string  reason;  // empty: none
};

// All variants of this architecture, in the order of ggml's scores (cpu_features_x86.cpp, cpu_features_arm.cpp).
std::vector<CpuObstacle> cpu_obstacles();

// Why a variant cannot run here; empty when it can, or when nothing is known of it.
std::string cpu_variant_obstacle(const std::string & variant);

// The variant with the highest score that this machine can run.
std::string best_cpu_variant();

}  // namespace tokapu
