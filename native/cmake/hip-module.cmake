# Included by ggml's own build (CMAKE_PROJECT_ggml_INCLUDE): a list does not come through the options of a stage.
string(REPLACE "," ";" GPU_TARGETS "${TOKAPU_HIP_ARCHITECTURES}")
