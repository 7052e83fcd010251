// The NVIDIA driver, asked through its own libraries where they are: nothing of CUDA is needed to build or to start.
#include "backend/cuda_driver.h"

#include "core/arguments.h"
#include "platform/files.h"
#include "platform/libraries.h"

#include <cstdio>
#include <cstring>
#include <sstream>

namespace tokapu {

namespace {

// The parts of cuda.h and nvml.h that are asked for. 0 is success everywhere.
using DriverGetVersion       = int (*)(int *);
using Init                   = int (*)(unsigned);
using DeviceGetByPCIBusId    = int (*)(int *, const char *);
using DeviceGetAttribute     = int (*)(int *, int, int);
using NvmlCall               = int (*)();
using SystemGetDriverVersion = int (*)(char *, unsigned);

constexpr int COMPUTE_CAPABILITY_MAJOR = 75;  // CUdevice_attribute
constexpr int COMPUTE_CAPABILITY_MINOR = 76;

template <class F> F symbol(void * library, const char * name) {
    return library == nullptr ? nullptr : reinterpret_cast<F>(library_symbol(library, name));
}

void * cuda() {
    static void * const library = load_library_for_good(cuda_library());
    return library;
}

void * nvml() {
    static void * const library = load_library_for_good(nvml_library());
    return library;
}

std::string version_of_nvml() {
    const auto init     = symbol<NvmlCall>(nvml(), "nvmlInit_v2");
    const auto ask      = symbol<SystemGetDriverVersion>(nvml(), "nvmlSystemGetDriverVersion");
    const auto shutdown = symbol<NvmlCall>(nvml(), "nvmlShutdown");
    if (init == nullptr || ask == nullptr || shutdown == nullptr || init() != 0) {
        return "";
    }
    char       text[96] = {};
    const bool answered = ask(text, sizeof(text) - 1) == 0;
    shutdown();
    return answered ? text : "";
}

// "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.159.03  Mon ..."
std::string version_of_kernel_module() {
    const File file      = open_file("/proc/driver/nvidia/version");
    char       line[256] = {};
    if (file == nullptr || std::fgets(line, sizeof(line), file.get()) == nullptr) {
        return "";
    }
    std::istringstream words(line);
    for (std::string word; words >> word;) {
        if (word.find_first_not_of("0123456789.") == std::string::npos && word.find('.') != std::string::npos) {
            return word;
        }
    }
    return "";
}

std::string newest_cuda() {
    const auto ask     = symbol<DriverGetVersion>(cuda(), "cuDriverGetVersion");
    int        version = 0;
    if (ask == nullptr || ask(&version) != 0 || version <= 0) {
        return "";
    }
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

}  // namespace

int64_t cuda_compute_capability(const std::string & pci_address) {
    const auto init      = symbol<Init>(cuda(), "cuInit");
    const auto find      = symbol<DeviceGetByPCIBusId>(cuda(), "cuDeviceGetByPCIBusId");
    const auto attribute = symbol<DeviceGetAttribute>(cuda(), "cuDeviceGetAttribute");
    if (init == nullptr || find == nullptr || attribute == nullptr || init(0) != 0) {
        return 0;
    }
    // Devices that share a GPU have an address with a suffix: "0000:01:00.0-v1".
    const std::string address = pci_address.substr(0, pci_address.find('-'));
    int               device  = 0;
    int               major   = 0;
    int               minor   = 0;
    const bool        known   = find(&device, address.c_str()) == 0 &&
                       attribute(&major, COMPUTE_CAPABILITY_MAJOR, device) == 0 &&
                       attribute(&minor, COMPUTE_CAPABILITY_MINOR, device) == 0;
    return known ? 10 * major + minor : 0;
}

}  // namespace tokapu

using namespace tokapu;

extern "C" int32_t tokapu_cuda_driver(char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        std::string version = version_of_nvml();
        if (version.empty()) {
            version = version_of_kernel_module();
        }
        const std::string cuda = newest_cuda();
        return text_out(version.empty() && cuda.empty() ? "" : version + "\t" + cuda, buf, capacity, length);
    });
}
