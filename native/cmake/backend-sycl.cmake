# The backend for Intel GPUs. Needs Intel's oneAPI (its compiler as CMAKE_CXX_COMPILER, and oneMKL), no GPU.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "IntelLLVM")
    message(FATAL_ERROR "The SYCL backend is compiled by Intel's icpx, not by ${CMAKE_CXX_COMPILER}: run '. /opt/intel/oneapi/setvars.sh' first.")
endif()
set(TOKAPU_MODULE_ARCHITECTURES "")
set(TOKAPU_MODULE_TOOLKIT "${CMAKE_CXX_COMPILER_VERSION}")
# The libraries of the compiler itself are linked in; those of SYCL and of oneMKL are found when the module is loaded.
set(TOKAPU_BACKEND_OPTIONS -DGGML_SYCL=ON -DGGML_SYCL_F16=ON -DCMAKE_MODULE_LINKER_FLAGS=-static-intel)
set(TOKAPU_BACKEND_INPUTS "")
set(TOKAPU_BACKEND_VERSION "${TOKAPU_MODULE_TOOLKIT}")
