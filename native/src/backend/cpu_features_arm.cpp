#include "backend/cpu_features.h"

#include <sys/auxv.h>

namespace tokapu {

namespace {

// A bit of the auxiliary vector. Linux sets it only where it also saves the registers, unlike CPUID.
struct Feature {
    const char *  name;
    unsigned long entry;
    unsigned      bit;
};

constexpr Feature DOTPROD = { "dot products", AT_HWCAP, 20 };
constexpr Feature FPHP    = { "FP16 arithmetic", AT_HWCAP, 9 };
constexpr Feature ASIMDHP = { "FP16 vector arithmetic", AT_HWCAP, 10 };
constexpr Feature SVE     = { "SVE", AT_HWCAP, 22 };
constexpr Feature I8MM    = { "8-bit matrix products", AT_HWCAP2, 13 };
constexpr Feature SVE2    = { "SVE2", AT_HWCAP2, 1 };

struct Requirement {
    const char *         variant;
    std::vector<Feature> features;
};

// As ggml_add_cpu_backend_variant() in ggml/src/CMakeLists.txt, in the order of ggml's scores.
const std::vector<Requirement> & requirements() {
    static const std::vector<Requirement> list = {
        { "armv8.0_1", {} },
        { "armv8.2_1", { DOTPROD } },
        { "armv8.2_2", { DOTPROD, FPHP, ASIMDHP } },
        { "armv8.2_3", { DOTPROD, FPHP, ASIMDHP, SVE } },
        { "armv8.6_1", { DOTPROD, FPHP, ASIMDHP, SVE, I8MM } },
        { "armv8.6_2", { DOTPROD, FPHP, ASIMDHP, SVE, I8MM, SVE2 } },
    };
    return list;
}

std::string obstacle(const Requirement & requirement) {
    for (const Feature & feature : requirement.features) {
        if (((getauxval(feature.entry) >> feature.bit) & 1U) == 0) {
            return std::string("the processor lacks ") + feature.name;
        }
    }
    return {};
}

}  // namespace

std::vector<CpuObstacle> cpu_obstacles() {
    std::vector<CpuObstacle> list;
    for (const Requirement & requirement : requirements()) {
        list.push_back({ requirement.variant, obstacle(requirement) });
    }
    return list;
}

}  // namespace tokapu
