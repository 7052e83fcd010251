# The Vulkan backend. Needs the Vulkan headers and loader, SPIRV-Headers and glslc (Debian: libvulkan-dev spirv-headers glslc;
# native/cmake/vulkan-sdk.sh gets newer ones than Debian 12 has), no GPU.
find_package(Vulkan COMPONENTS glslc)
if(NOT Vulkan_FOUND OR NOT Vulkan_glslc_FOUND)
    message(FATAL_ERROR "The Vulkan backend needs libvulkan-dev, spirv-headers and glslc: sudo apt-get install -y libvulkan-dev spirv-headers glslc")
endif()
execute_process(COMMAND "${Vulkan_GLSLC_EXECUTABLE}" --version OUTPUT_VARIABLE glslc_version)
string(REGEX REPLACE "^(shaderc [^ \n]+).*" "\\1" glslc_version "${glslc_version}")
# flash_attn_decode_phase_1.comp uses cooperative matrices whether or not the compiler knows them.
execute_process(
    COMMAND "${Vulkan_GLSLC_EXECUTABLE}" -o - -fshader-stage=compute --target-env=vulkan1.3
            "${TOKAPU_LLAMA_SOURCE}/ggml/src/ggml-vulkan/vulkan-shaders/feature-tests/coopmat.comp"
    OUTPUT_QUIET ERROR_VARIABLE glslc_says)
if(glslc_says MATCHES "not supported")
    message(FATAL_ERROR "This glslc (${glslc_version}) is too old for the shaders of llama.cpp ${TOKAPU_LLAMA_TAG}: it does not know "
                        "GL_KHR_cooperative_matrix. Use one of Vulkan SDK 1.3.268 or later (Debian 13, Ubuntu 24.04; VULKAN_SDK=$(native/cmake/vulkan-sdk.sh) on Debian 12).")
endif()
set(TOKAPU_MODULE_ARCHITECTURES "")
set(TOKAPU_MODULE_TOOLKIT "Vulkan ${Vulkan_VERSION}, ${glslc_version}")
set(TOKAPU_BACKEND_OPTIONS -DGGML_VULKAN=ON)
set(TOKAPU_BACKEND_INPUTS "")
set(TOKAPU_BACKEND_VERSION "${TOKAPU_MODULE_TOOLKIT}")
