#pragma once

#include <cstdint>
#include <string>

namespace tokapu {

// 10 * major + minor of the GPU at a PCI address; 0 when the driver does not tell.
int64_t cuda_compute_capability(const std::string & pci_address);

}  // namespace tokapu
