#include "backend/cpu_features.h"

#include "platform/processor.h"

#include <cpuid.h>

#include <cstdint>

namespace tokapu {

namespace {

// ggml's score looks at CPUID alone. A hypervisor or kernel can show a feature without enabling its register state; such a
// variant would end in SIGILL, so the operating system is asked as well.
struct Feature {
    const char * name;
    unsigned     leaf;
    unsigned     subleaf;
    char         reg;
    unsigned     bit;
};

constexpr Feature SSE42       = { "SSE4.2", 1, 0, 'c', 20 };
constexpr Feature AVX         = { "AVX", 1, 0, 'c', 28 };
constexpr Feature F16C        = { "F16C", 1, 0, 'c', 29 };
constexpr Feature FMA         = { "FMA", 1, 0, 'c', 12 };
constexpr Feature AVX2        = { "AVX2", 7, 0, 'b', 5 };
constexpr Feature BMI2        = { "BMI2", 7, 0, 'b', 8 };
constexpr Feature AVX512F     = { "AVX-512", 7, 0, 'b', 16 };
constexpr Feature AVX512DQ    = { "AVX-512 DQ", 7, 0, 'b', 17 };
constexpr Feature AVX512CD    = { "AVX-512 CD", 7, 0, 'b', 28 };
constexpr Feature AVX512BW    = { "AVX-512 BW", 7, 0, 'b', 30 };
constexpr Feature AVX512VL    = { "AVX-512 VL", 7, 0, 'b', 31 };
constexpr Feature AVX512_VBMI = { "AVX-512 VBMI", 7, 0, 'c', 1 };
constexpr Feature AVX512_VNNI = { "AVX-512 VNNI", 7, 0, 'c', 11 };
constexpr Feature AVX512_BF16 = { "AVX-512 BF16", 7, 1, 'a', 5 };
constexpr Feature AVX_VNNI    = { "AVX-VNNI", 7, 1, 'a', 4 };
constexpr Feature AMX_TILE    = { "AMX", 7, 0, 'd', 24 };
constexpr Feature AMX_INT8    = { "AMX INT8", 7, 0, 'd', 25 };

constexpr unsigned STATE_AVX    = 1;
constexpr unsigned STATE_AVX512 = 2;
constexpr unsigned STATE_AMX    = 4;

struct Requirement {
    const char *         variant;
    unsigned             state;
    std::vector<Feature> features;
};

std::vector<Feature> operator+(std::vector<Feature> left, const std::vector<Feature> & right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

// As ggml_add_cpu_backend_variant() in ggml/src/CMakeLists.txt, in the order of ggml's scores.
const std::vector<Requirement> & requirements() {
    static const std::vector<Requirement> list = [] {
        const std::vector<Feature> haswell = { SSE42, AVX, F16C, FMA, AVX2, BMI2 };
        const std::vector<Feature> skylake =
            haswell + std::vector<Feature>{ AVX512F, AVX512CD, AVX512VL, AVX512DQ, AVX512BW };
        const unsigned avx512 = STATE_AVX | STATE_AVX512;
        return std::vector<Requirement>{
            { "x64", 0, {} },
            { "sse42", 0, { SSE42 } },
            { "sandybridge", STATE_AVX, { SSE42, AVX } },
            { "ivybridge", STATE_AVX, { SSE42, AVX, F16C } },
            { "piledriver", STATE_AVX, { SSE42, AVX, F16C, FMA } },
            { "haswell", STATE_AVX, haswell },
            { "alderlake", STATE_AVX, haswell + std::vector<Feature>{ AVX_VNNI } },
            { "skylakex", avx512, skylake },
            { "cannonlake", avx512, skylake + std::vector<Feature>{ AVX512_VBMI } },
            { "cascadelake", avx512, skylake + std::vector<Feature>{ AVX512_VNNI } },
            { "icelake", avx512, skylake + std::vector<Feature>{ AVX512_VBMI, AVX512_VNNI } },
            { "cooperlake", avx512, skylake + std::vector<Feature>{ AVX512_VNNI, AVX512_BF16 } },
            { "zen4", avx512, skylake + std::vector<Feature>{ AVX512_VBMI, AVX512_VNNI, AVX512_BF16 } },
            { "sapphirerapids", avx512 | STATE_AMX,
              skylake + std::vector<Feature>{ AVX512_VBMI, AVX512_VNNI, AVX512_BF16, AMX_TILE, AMX_INT8 } },
        };
    }();
    return list;
}

bool processor_has(const Feature & feature) {
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    if (__get_cpuid_count(feature.leaf, feature.subleaf, &a, &b, &c, &d) == 0) {
        return false;
    }
    const unsigned value = feature.reg == 'a' ? a : feature.reg == 'b' ? b : feature.reg == 'c' ? c : d;
    return ((value >> feature.bit) & 1U) != 0;
}

// The register states that the operating system saves and restores (XCR0), 0 when it does not say.
uint64_t enabled_states() {
    constexpr Feature osxsave = { "OSXSAVE", 1, 0, 'c', 27 };
    if (!processor_has(osxsave)) {
        return 0;
    }
    uint32_t low  = 0;
    uint32_t high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (static_cast<uint64_t>(high) << 32U) | low;
}

std::string missing_state(unsigned state) {
    const uint64_t     states = enabled_states();
    constexpr uint64_t avx    = 0x6;
    constexpr uint64_t avx512 = 0xe0;
    constexpr uint64_t amx    = 0x60000;
    if ((state & STATE_AVX) != 0 && (states & avx) != avx) {
        return "the operating system has not enabled AVX";
    }
    if ((state & STATE_AVX512) != 0 && (states & avx512) != avx512) {
        return "the operating system has not enabled AVX-512";
    }
    if ((state & STATE_AMX) != 0 && ((states & amx) != amx || !may_use_amx())) {
        return "the operating system has not enabled AMX";
    }
    return {};
}

std::string obstacle(const Requirement & requirement) {
    for (const Feature & feature : requirement.features) {
        if (!processor_has(feature)) {
            return std::string("the processor lacks ") + feature.name;
        }
    }
    return missing_state(requirement.state);
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
