# The OpenCL backend, for Adreno and Intel GPUs. Needs the headers and the loader of OpenCL and Python (Debian: opencl-headers
# ocl-icd-opencl-dev python3), no GPU.
find_package(OpenCL)
if(NOT OpenCL_FOUND)
    message(FATAL_ERROR "The OpenCL backend needs opencl-headers and ocl-icd-opencl-dev: sudo apt-get install -y opencl-headers ocl-icd-opencl-dev")
endif()
set(TOKAPU_MODULE_ARCHITECTURES "")
set(TOKAPU_MODULE_TOOLKIT "OpenCL ${OpenCL_VERSION_STRING}")
set(TOKAPU_BACKEND_OPTIONS -DGGML_OPENCL=ON -DGGML_OPENCL_EMBED_KERNELS=ON)
set(TOKAPU_BACKEND_INPUTS "")
set(TOKAPU_BACKEND_VERSION "${TOKAPU_MODULE_TOOLKIT}")
