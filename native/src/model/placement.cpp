// Placements: which devices hold which parts of a model. What llama.cpp would answer with an assert is refused here.
#include "model/placement.h"

#include "backend/backend.h"
#include "backend/devices.h"
#include "core/arguments.h"

#include <algorithm>
#include <regex>

namespace tokapu {

namespace {

constexpr size_t MAX_PATTERN = 1000;  // bytes; the regular expressions of the standard library recurse
constexpr double MAX_SHARE   = 1e6;

int32_t max_devices() {
    return static_cast<int32_t>(llama_max_devices());
}

void read_devices(Placement & placement, const int32_t * devices, int32_t n) {
    require_range(n, -1, max_devices(), "n_devices");
    placement.automatic = n < 0;
    if (n > 0) {
        require(devices, "devices");
    }
    for (int32_t i = 0; i < n; i++) {
        ggml_backend_dev_t device = device_at(devices[i], "a device of the placement");
        if (!is_gpu(device)) {
            fail(TOKAPU_ERROR_ARGUMENT,
                 "device %d (%s) of the placement is not a GPU; layers that are on no device stay with the CPU by themselves",
                 devices[i], ggml_backend_dev_name(device));
        }
        if (std::count(placement.devices.begin(), placement.devices.end(), device) > 0) {
            fail(TOKAPU_ERROR_ARGUMENT, "device %d (%s) is in the placement twice", devices[i],
                 ggml_backend_dev_name(device));
        }
        placement.devices.push_back(device);
    }
}

void read_split(Placement & placement, const float * split, int32_t n) {
    require_range(n, 0, max_devices(), "n_split");
    if (n == 0) {
        return;
    }
    require(split, "tensor_split");
    if (!placement.automatic && n != static_cast<int32_t>(placement.devices.size())) {
        fail(TOKAPU_ERROR_ARGUMENT, "tensor_split has %d shares for %zu devices", n, placement.devices.size());
    }
    float sum = 0;
    for (int32_t i = 0; i < n; i++) {
        require_between(static_cast<double>(split[i]), 0, MAX_SHARE, "a share of tensor_split");
        sum += split[i];
    }
    if (!(sum > 0)) {
        fail(TOKAPU_ERROR_ARGUMENT, "all shares of tensor_split are 0; at least one must be larger");
    }
    placement.tensor_split.assign(split, split + n);
}

void check_pattern(const std::string & pattern) {
    if (pattern.empty() || pattern.size() > MAX_PATTERN) {
        fail(TOKAPU_ERROR_ARGUMENT, "a pattern for tensor names has %zu bytes; it must be 1 to %zu", pattern.size(),
             MAX_PATTERN);
    }
    try {
        const std::regex compiled(pattern);
    } catch (const std::regex_error & e) {
        fail(TOKAPU_ERROR_ARGUMENT, "the pattern '%s' is not a regular expression: %s", pattern.c_str(), e.what());
    }
}

// A tensor on a device that the model does not use could not be computed with.
bool reachable(const Placement & placement, ggml_backend_dev_t device) {
    const std::vector<ggml_backend_dev_t> used = placement.automatic ? all_gpus() : placement.devices;
    return ggml_backend_dev_type(device) == GGML_BACKEND_DEVICE_TYPE_CPU ||
           std::count(used.begin(), used.end(), device) > 0;
}

void read_patterns(Placement & placement, const char * patterns, const int32_t * devices, int32_t n) {
    require_range(n, 0, static_cast<int64_t>(llama_max_tensor_buft_overrides()) - 1, "n_patterns");
    placement.patterns = list_in(patterns, n, "patterns");
    if (n > 0) {
        require(devices, "pattern_devices");
    }
    for (int32_t i = 0; i < n; i++) {
        const std::string & pattern = placement.patterns[static_cast<size_t>(i)];
        check_pattern(pattern);
        ggml_backend_dev_t device = device_at(devices[i], "the device of a pattern");
        if (!reachable(placement, device)) {
            fail(TOKAPU_ERROR_ARGUMENT,
                 "the pattern '%s' goes to device %d (%s), which is neither a CPU nor one of the devices of the placement",
                 pattern.c_str(), devices[i], ggml_backend_dev_name(device));
        }
        placement.pattern_devices.push_back(device);
    }
}

}  // namespace

std::vector<ggml_backend_dev_t> all_gpus() {
    const RegistryReader            reading;
    std::vector<ggml_backend_dev_t> gpus;
    std::vector<ggml_backend_dev_t> integrated;
    for (size_t i = 0; i < ggml_backend_dev_count(); i++) {
        ggml_backend_dev_t device = ggml_backend_dev_get(i);
        if (is_gpu(device)) {
            (ggml_backend_dev_type(device) == GGML_BACKEND_DEVICE_TYPE_GPU ? gpus : integrated).push_back(device);
        }
    }
    return gpus.empty() ? integrated : gpus;
}

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_placement_new(const int32_t * devices, int32_t n_devices, const float * tensor_split, int32_t n_split,
                             const char * patterns, const int32_t * pattern_devices, int32_t n_patterns,
                             int64_t * placement) {
    return guarded([&] {
        require(placement, "placement");
        require_backend();
        auto object = std::make_shared<Placement>();
        read_devices(*object, devices, n_devices);
        read_split(*object, tensor_split, n_split);
        read_patterns(*object, patterns, pattern_devices, n_patterns);
        *placement = put_handle(std::move(object));
        return TOKAPU_OK;
    });
}

int32_t tokapu_placement_free(int64_t placement) {
    return guarded([&] {
        take_handle(placement, Kind::placement);
        return TOKAPU_OK;
    });
}

}  // extern "C"
