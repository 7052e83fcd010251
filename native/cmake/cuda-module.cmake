# Included by llama.cpp's own build (CMAKE_PROJECT_INCLUDE): at its end, ggml-cuda gets the CUDA runtime linked in, and native/cuda in
# place of the libraries of cuBLAS and of the driver.
if(NOT PROJECT_NAME STREQUAL "llama.cpp")
    return()
endif()
get_filename_component(TOKAPU_CUDA_SOURCES "${CMAKE_CURRENT_LIST_DIR}/../cuda" ABSOLUTE)
string(REPLACE "," ";" CMAKE_CUDA_ARCHITECTURES "${TOKAPU_CUDA_ARCHITECTURES}")
enable_language(CUDA)

function(tokapu_finish_cuda)
    find_package(CUDAToolkit REQUIRED)
    get_target_property(libraries ggml-cuda LINK_LIBRARIES)
    list(REMOVE_ITEM libraries CUDA::cudart CUDA::cublas CUDA::cuda_driver)
    set_target_properties(ggml-cuda PROPERTIES LINK_LIBRARIES "${libraries};CUDA::cudart_static")
    set(sources
        "${TOKAPU_CUDA_SOURCES}/cublas_bridge.cpp"
        "${TOKAPU_CUDA_SOURCES}/driver_bridge.cpp"
        "${TOKAPU_CUDA_SOURCES}/gemm.cu")
    target_sources(ggml-cuda PRIVATE ${sources})
    target_include_directories(ggml-cuda PRIVATE ${CUDAToolkit_INCLUDE_DIRS})
    # Its own names of cuBLAS and the driver belong to this module alone, whatever else the process has loaded.
    set_source_files_properties(${sources} TARGET_DIRECTORY ggml-cuda PROPERTIES COMPILE_OPTIONS
        "$<$<COMPILE_LANGUAGE:CXX>:-fvisibility=hidden>")
endfunction()
cmake_language(DEFER CALL tokapu_finish_cuda)
