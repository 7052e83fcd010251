// Prints the CPU variant that this machine should use (run by BuildLlama.cmake).
#include "backend/cpu_features.h"

#include <cstdio>

int main() {
    std::puts(tokapu::best_cpu_variant().c_str());
}
