# Included by llama.cpp's own build (CMAKE_PROJECT_INCLUDE): at its end, ggml-cuda gets the CUDA runtime linked in, and native/cuda in
# place of the libraries of cuBLAS and of the driver.
if(NOT PROJECT_NAME STREQUAL "llama.cpp")
    return()
endif()
get_filename_component(TOKAPU_CUDA_SOURCES "${CMAKE_CURRENT_LIST_DIR}/../cuda" ABSOLUTE)
string(REPLACE "," ";" CMAKE_CUDA_ARCHITECTURES "${TOKAPU_CUDA_ARCHITECTURES}")
enable_language(CUDA)

# tokapu_cutlass_kernels(<generation> <architectures>...): native/cuda's kernels for one generation of GPUs. They are compiled for its
# architectures alone, since CUTLASS is slow to compile; kernels.cpp is told whether they are there.
function(tokapu_cutlass_kernels generation)
    if(NOT ARGN)
        return()
    endif()
    add_library(tokapu-${generation} OBJECT)
    foreach(type IN ITEMS bf16 f16 f32)
        target_sources(tokapu-${generation} PRIVATE "${TOKAPU_CUDA_SOURCES}/${generation}_${type}.cu")
    endforeach()
    set_target_properties(tokapu-${generation} PROPERTIES CUDA_ARCHITECTURES "${ARGN}" CUDA_STANDARD 17 POSITION_INDEPENDENT_CODE ON
        CUDA_VISIBILITY_PRESET hidden)
    target_include_directories(tokapu-${generation} SYSTEM PRIVATE "${TOKAPU_CUTLASS}")
    target_compile_options(tokapu-${generation} PRIVATE --expt-relaxed-constexpr)
    if(CUDAToolkit_VERSION VERSION_GREATER_EQUAL 12.8)
        target_compile_options(tokapu-${generation} PRIVATE -compress-mode=${GGML_CUDA_COMPRESSION_MODE})
    endif()
    target_sources(ggml-cuda PRIVATE $<TARGET_OBJECTS:tokapu-${generation}>)
    string(TOUPPER "TOKAPU_${generation}" name)
    set_property(SOURCE "${TOKAPU_CUDA_SOURCES}/kernels.cpp" TARGET_DIRECTORY ggml-cuda APPEND PROPERTY COMPILE_DEFINITIONS ${name})
endfunction()

function(tokapu_finish_cuda)
    find_package(CUDAToolkit REQUIRED)
    get_target_property(libraries ggml-cuda LINK_LIBRARIES)
    list(REMOVE_ITEM libraries CUDA::cudart CUDA::cublas CUDA::cuda_driver)
    set_target_properties(ggml-cuda PROPERTIES LINK_LIBRARIES "${libraries};CUDA::cudart_static")
    set(sources
        "${TOKAPU_CUDA_SOURCES}/cublas_bridge.cpp"
        "${TOKAPU_CUDA_SOURCES}/driver_bridge.cpp"
        "${TOKAPU_CUDA_SOURCES}/gemm.cpp"
        "${TOKAPU_CUDA_SOURCES}/kernels.cpp"
        "${TOKAPU_CUDA_SOURCES}/plan.cpp"
        "${TOKAPU_CUDA_SOURCES}/general.cu"
        "${TOKAPU_CUDA_SOURCES}/add_parts.cu")
    target_sources(ggml-cuda PRIVATE ${sources})
    target_include_directories(ggml-cuda PRIVATE ${CUDAToolkit_INCLUDE_DIRS})
    # Its own names of cuBLAS and the driver belong to this module alone, whatever else the process has loaded.
    set_source_files_properties(${sources} TARGET_DIRECTORY ggml-cuda PROPERTIES COMPILE_OPTIONS
        "$<$<COMPILE_LANGUAGE:CXX>:-fvisibility=hidden>")

    # wgmma is in 9.0a alone. Machine code for 8.0 runs on 8.6 and 8.9 as well.
    set(architectures ${CMAKE_CUDA_ARCHITECTURES})
    if(architectures STREQUAL "native")
        set(architectures ${CMAKE_CUDA_ARCHITECTURES_NATIVE})
    endif()
    set(hopper "")
    if(architectures MATCHES "(^|;)90a?(-real)?(;|$)")
        set(hopper 90a-real)
    endif()
    set(ampere ${architectures})
    list(FILTER ampere INCLUDE REGEX "^(8|1[0-9][0-9])")
    if("80-real" IN_LIST ampere)
        list(FILTER ampere EXCLUDE REGEX "^8[69]")
    endif()
    if(architectures MATCHES "-virtual")
        list(APPEND ampere 80-virtual)
    endif()
    list(REMOVE_DUPLICATES ampere)
    tokapu_cutlass_kernels(hopper ${hopper})
    tokapu_cutlass_kernels(ampere ${ampere})
endfunction()
cmake_language(DEFER CALL tokapu_finish_cuda)
