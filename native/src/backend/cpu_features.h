// Which variants of the CPU backend the processor and the operating system can run, without looking at their libraries.
#pragma once

#include <string>

namespace tokapu {

// Why a variant cannot run here; empty when it can, or when nothing is known of it.
std::string cpu_variant_obstacle(const std::string & variant);

// The variant with the highest score that this machine can run.
std::string best_cpu_variant();

}  // namespace tokapu
