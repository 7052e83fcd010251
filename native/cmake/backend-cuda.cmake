# The CUDA backend. Needs a CUDA toolkit (nvcc and the headers of cuBLAS; native/cmake/cuda-toolkit.sh gets one), no GPU and no driver.
# The headers of CUTLASS are fetched (cutlass.sh).
#
# The module depends on nothing but the C++ library: the CUDA runtime is linked in, the driver and cuBLAS are found when they
# are first used (native/cuda).
set(TOKAPU_CUDA_ARCHITECTURES "" CACHE STRING "Compute capabilities, as CMAKE_CUDA_ARCHITECTURES; empty for all of a release")
# Turing to Blackwell. "real" is machine code, "virtual" is PTX that the driver compiles at the first start: newer GPUs of a
# generation fall back on it.
set(TOKAPU_CUDA_RELEASE 75-real 80-real 86-real 89-real 90-real 90-virtual)

find_program(TOKAPU_NVCC nvcc HINTS "${CUDAToolkit_ROOT}/bin" "$ENV{CUDA_PATH}/bin" "$ENV{CUDA_HOME}/bin" /usr/local/cuda/bin)
if(NOT TOKAPU_NVCC)
    message(FATAL_ERROR "There is no CUDA toolkit: nvcc is not in PATH, CUDA_PATH or /usr/local/cuda. native/cmake/cuda-toolkit.sh gets one.")
endif()
execute_process(COMMAND "${TOKAPU_NVCC}" --version OUTPUT_VARIABLE nvcc_version)
string(REGEX REPLACE ".*release ([0-9]+\\.[0-9]+), V([0-9.]+).*" "\\1" TOKAPU_MODULE_TOOLKIT "${nvcc_version}")
string(REGEX REPLACE ".*release ([0-9]+\\.[0-9]+), V([0-9.]+).*" "\\2" nvcc_version "${nvcc_version}")
if(TOKAPU_MODULE_TOOLKIT VERSION_GREATER_EQUAL 12.8)
    list(APPEND TOKAPU_CUDA_RELEASE 100-real 120a-real)
endif()
set(TOKAPU_MODULE_ARCHITECTURES ${TOKAPU_CUDA_RELEASE})
if(TOKAPU_CUDA_ARCHITECTURES)
    set(TOKAPU_MODULE_ARCHITECTURES ${TOKAPU_CUDA_ARCHITECTURES})
endif()
message(STATUS "CUDA ${nvcc_version}, architectures: ${TOKAPU_MODULE_ARCHITECTURES}")

execute_process(COMMAND "${CMAKE_SOURCE_DIR}/native/cmake/cutlass.sh"
    OUTPUT_VARIABLE TOKAPU_CUTLASS OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)

list(JOIN TOKAPU_MODULE_ARCHITECTURES "," TOKAPU_MODULE_ARCHITECTURES)
set(TOKAPU_BACKEND_OPTIONS
    -DGGML_CUDA=ON
    -DGGML_CUDA_GRAPHS=ON
    -DGGML_CUDA_NCCL=OFF
    "-DTOKAPU_CUDA_ARCHITECTURES=${TOKAPU_MODULE_ARCHITECTURES}"
    "-DTOKAPU_CUTLASS=${TOKAPU_CUTLASS}"
    "-DCMAKE_CUDA_COMPILER=${TOKAPU_NVCC}"
    "-DCMAKE_PROJECT_INCLUDE=${CMAKE_SOURCE_DIR}/native/cmake/cuda-module.cmake")
file(GLOB TOKAPU_BACKEND_INPUTS CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/native/cuda/*")
list(FILTER TOKAPU_BACKEND_INPUTS EXCLUDE REGEX "/(test|bench)_[a-z]+\\.cu$")
list(APPEND TOKAPU_BACKEND_INPUTS "${CMAKE_SOURCE_DIR}/native/cmake/cuda-module.cmake" "${CMAKE_SOURCE_DIR}/native/cmake/cutlass.sh")
set(TOKAPU_BACKEND_VERSION "${nvcc_version}")
