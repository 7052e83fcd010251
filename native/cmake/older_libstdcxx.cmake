# Included by llama.cpp's own build (CMAKE_PROJECT_INCLUDE): puts older_libstdcxx.h, which lies beside this file, into those of its
# libraries that wait for a condition.
function(tokapu_older_libstdcxx)
    foreach(target IN ITEMS llama-common cpp-httplib ggml-rpc)
        if(TARGET ${target})
            target_compile_options(${target} PRIVATE
                "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/older_libstdcxx.h>")
        endif()
    endforeach()
endfunction()
if(PROJECT_NAME STREQUAL "llama.cpp")
    cmake_language(DEFER CALL tokapu_older_libstdcxx)
endif()
