# Included by llama.cpp's own build (CMAKE_PROJECT_INCLUDE) where it is built for Windows by the GCC of mingw-w64: what llama_names.cmake
# and llama_inject.cmake do, as far as it is another thing there.
if(NOT PROJECT_NAME STREQUAL "llama.cpp")
    return()
endif()
include("${CMAKE_CURRENT_LIST_DIR}/own_cxx_library.cmake")
set(CMAKE_SHARED_LIBRARY_PREFIX "")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
add_compile_definitions(_WIN32_WINNT=0x0A00)
# GCC keeps vectors of 32 and 64 bytes on the stack by instructions that want them aligned, and the stack of Windows is to 16 bytes (GCC
# bug 54412).
add_compile_options(-Wa,-muse-unaligned-vector-move "$<$<COMPILE_LANGUAGE:C>:SHELL:-include ${CMAKE_CURRENT_LIST_DIR}/mingw_missing.h>")

function(tokapu_finish_windows)
    set(folders "${CMAKE_SOURCE_DIR}")
    while(folders)
        list(POP_FRONT folders folder)
        get_property(targets DIRECTORY "${folder}" PROPERTY BUILDSYSTEM_TARGETS)
        get_property(below DIRECTORY "${folder}" PROPERTY SUBDIRECTORIES)
        list(APPEND folders ${below})
        foreach(target IN LISTS targets)
            get_target_property(options ${target} LINK_OPTIONS)
            if(NOT options MATCHES "LINKER:-z,now")
                continue()
            endif()
            # The linker has no such options: it binds all symbols when it links, and each library to its own first. The names of
            # operator new are others, since size_t is unsigned long long.
            list(FILTER options EXCLUDE REGEX "^LINKER:(-z,now|--version-script=.*|--wrap=_Z.*)$")
            set_target_properties(${target} PROPERTIES LINK_OPTIONS "${options};LINKER:--wrap=atexit")
            # What is linked in belongs to one library alone.
            target_link_options(${target} PRIVATE LINKER:--exclude-libs,libgcc.a:libgcc_eh.a:libpthread.a:libwinpthread.a)
            target_sources(${target} PRIVATE "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/keep_statics_windows.c")
        endforeach()
    endwhile()
    if(TARGET ggml-cpu-sapphirerapids)
        target_compile_options(ggml-cpu-sapphirerapids PRIVATE
            "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/mingw_amx.h>")
    endif()
    if(NOT TARGET llama-common)
        return()
    endif()
    foreach(symbol IN ITEMS _Znwy _Znay _ZdlPv _ZdlPvy _ZdaPv _ZdaPvy)
        target_link_options(llama-common PRIVATE LINKER:--wrap=${symbol})
    endforeach()
    # Functions of the C library are called by their names, not through the table of imports, which --wrap does not see.
    target_compile_definitions(llama-common PRIVATE _CRTIMP=)
    target_sources(llama-common PRIVATE "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/terminate_windows.cpp"
        "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/thread_locals_windows.c")
    set_source_files_properties("${CMAKE_CURRENT_FUNCTION_LIST_DIR}/budget.cpp" TARGET_DIRECTORY llama-common PROPERTIES
        COMPILE_OPTIONS "-include;${CMAKE_CURRENT_FUNCTION_LIST_DIR}/budget_windows.h")
endfunction()
# After the functions of both, which are deferred, too.
function(tokapu_finish_windows_last)
    cmake_language(DEFER CALL tokapu_finish_windows)
endfunction()
cmake_language(DEFER CALL tokapu_finish_windows_last)
