# The backend for AMD GPUs. Needs ROCm 6.1 or later (its compiler, hipBLAS and rocBLAS), no GPU.
set(TOKAPU_HIP_ARCHITECTURES "" CACHE STRING "AMD GPUs, as CMAKE_HIP_ARCHITECTURES; empty for all of a release")
# CDNA 1 to 3, RDNA 2 to 4.
set(TOKAPU_MODULE_ARCHITECTURES gfx908 gfx90a gfx942 gfx1030 gfx1100 gfx1101 gfx1102 gfx1151 gfx1200 gfx1201)
if(TOKAPU_HIP_ARCHITECTURES)
    set(TOKAPU_MODULE_ARCHITECTURES ${TOKAPU_HIP_ARCHITECTURES})
endif()
find_program(TOKAPU_HIPCONFIG hipconfig HINTS "$ENV{ROCM_PATH}/bin" /opt/rocm/bin)
if(NOT TOKAPU_HIPCONFIG)
    message(FATAL_ERROR "There is no ROCm: hipconfig is not in PATH, ROCM_PATH or /opt/rocm. Install rocm-hip-sdk, or build in AMD's image rocm/dev-almalinux-8.")
endif()
execute_process(COMMAND "${TOKAPU_HIPCONFIG}" --version OUTPUT_VARIABLE TOKAPU_MODULE_TOOLKIT OUTPUT_STRIP_TRAILING_WHITESPACE)
execute_process(COMMAND "${TOKAPU_HIPCONFIG}" --rocmpath OUTPUT_VARIABLE rocm OUTPUT_STRIP_TRAILING_WHITESPACE)
list(JOIN TOKAPU_MODULE_ARCHITECTURES "," TOKAPU_MODULE_ARCHITECTURES)
set(TOKAPU_BACKEND_OPTIONS
    -DGGML_HIP=ON
    "-DTOKAPU_HIP_ARCHITECTURES=${TOKAPU_MODULE_ARCHITECTURES}"
    "-DCMAKE_HIP_COMPILER=${rocm}/llvm/bin/clang++"
    "-DCMAKE_PROJECT_ggml_INCLUDE=${CMAKE_SOURCE_DIR}/native/cmake/hip-module.cmake")
set(TOKAPU_BACKEND_INPUTS "${CMAKE_SOURCE_DIR}/native/cmake/hip-module.cmake")
set(TOKAPU_BACKEND_VERSION "${TOKAPU_MODULE_TOOLKIT}")
