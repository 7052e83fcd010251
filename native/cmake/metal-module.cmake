# Included by ggml's own build (CMAKE_PROJECT_ggml_INCLUDE): the linker of macOS does not know -z.
function(tokapu_finish_metal)
    get_target_property(options ggml-metal LINK_OPTIONS)
    list(REMOVE_ITEM options LINKER:-z,now)
    set_target_properties(ggml-metal PROPERTIES LINK_OPTIONS "${options}")
endfunction()
# After llama_names.cmake, which was included before.
cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL tokapu_finish_metal)
