# The backend for the GPUs of Macs; its kernels are part of the library. Needs macOS and Xcode.
if(NOT APPLE)
    message(FATAL_ERROR "The Metal backend is built on macOS alone.")
endif()
set(TOKAPU_MODULE_ARCHITECTURES "")
set(TOKAPU_MODULE_TOOLKIT "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
set(TOKAPU_BACKEND_OPTIONS
    -DGGML_METAL=ON
    -DGGML_METAL_EMBED_LIBRARY=ON
    -DCMAKE_OSX_DEPLOYMENT_TARGET=13.3
    -DCMAKE_INSTALL_RPATH=@loader_path
    "-DCMAKE_PROJECT_ggml_INCLUDE=${CMAKE_SOURCE_DIR}/native/cmake/metal-module.cmake")
set(TOKAPU_BACKEND_INPUTS "${CMAKE_SOURCE_DIR}/native/cmake/metal-module.cmake")
set(TOKAPU_BACKEND_VERSION "${TOKAPU_MODULE_TOOLKIT}")
