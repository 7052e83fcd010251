// The functions of NVIDIA's driver library that ggml-cuda calls: found at their first use, so that the module loads on a machine
// without a driver and reports no device, as the CUDA runtime does.
#include <cuda.h>
#include <dlfcn.h>

namespace {

void * function(const char * name) {
    static void * const driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    return driver == nullptr ? nullptr : dlsym(driver, name);
}

}  // namespace

// cuda.h renames some functions to versions of them (#define cuMemX cuMemX_v2), so the name is taken after expansion.
#define NAME_(name) #name
#define NAME(name)  NAME_(name)
#define BRIDGE(name, parameters, arguments)                                                              \
    extern "C" CUresult CUDAAPI name parameters {                                                        \
        static auto * const forwarded = reinterpret_cast<CUresult(CUDAAPI *) parameters>(function(NAME(name))); \
        return forwarded == nullptr ? CUDA_ERROR_NOT_INITIALIZED : forwarded arguments;                  \
    }

BRIDGE(cuDeviceGet, (CUdevice * device, int ordinal), (device, ordinal))
BRIDGE(cuDeviceGetAttribute, (int * value, CUdevice_attribute attribute, CUdevice device), (value, attribute, device))
BRIDGE(cuGetErrorString, (CUresult error, const char ** text), (error, text))
BRIDGE(cuMemAddressFree, (CUdeviceptr address, size_t size), (address, size))
BRIDGE(cuMemAddressReserve, (CUdeviceptr * address, size_t size, size_t alignment, CUdeviceptr wanted, unsigned long long flags),
       (address, size, alignment, wanted, flags))
BRIDGE(cuMemCreate,
       (CUmemGenericAllocationHandle * handle, size_t size, const CUmemAllocationProp * properties, unsigned long long flags),
       (handle, size, properties, flags))
BRIDGE(cuMemGetAllocationGranularity,
       (size_t * granularity, const CUmemAllocationProp * properties, CUmemAllocationGranularity_flags option),
       (granularity, properties, option))
BRIDGE(cuMemMap, (CUdeviceptr address, size_t size, size_t offset, CUmemGenericAllocationHandle handle, unsigned long long flags),
       (address, size, offset, handle, flags))
BRIDGE(cuMemRelease, (CUmemGenericAllocationHandle handle), (handle))
BRIDGE(cuMemSetAccess, (CUdeviceptr address, size_t size, const CUmemAccessDesc * description, size_t count),
       (address, size, description, count))
BRIDGE(cuMemUnmap, (CUdeviceptr address, size_t size), (address, size))
