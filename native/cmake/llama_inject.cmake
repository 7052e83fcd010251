# Included by llama.cpp's own build (CMAKE_PROJECT_llama.cpp_INCLUDE): puts native/mend into its libraries, whose sources stay as
# they are. The files of native/mend lie beside this one.
function(tokapu_mend_llama)
    set(mend "${CMAKE_CURRENT_FUNCTION_LIST_DIR}")
    if(TARGET llama)
        set_source_files_properties("${CMAKE_SOURCE_DIR}/src/unicode.cpp" TARGET_DIRECTORY llama PROPERTIES
            COMPILE_OPTIONS "-include;${mend}/linear_regex.h" OBJECT_DEPENDS "${mend}/linear_regex.h")
        set_source_files_properties("${CMAKE_SOURCE_DIR}/src/llama-vocab.cpp" TARGET_DIRECTORY llama PROPERTIES
            COMPILE_OPTIONS "-include;${mend}/vocab_mend.h" OBJECT_DEPENDS "${mend}/vocab_mend.h")
    endif()
    if(NOT TARGET llama-common)
        return()
    endif()
    # Exceptions may come out of each instrumented function. Not instrumented: what must not throw, and small ones that all others
    # call and that recurse through others only. Those of string.cpp are: repeating a text without parts calls nothing else.
    string(JOIN "," left_out "~" hash digest what token::token mk_val is_val cast_val is_stmt cast_stmt is_immutable is_undefined
        is_none is_numeric _t::value_ stats_t::stats_t value_equivalence operator== value_string_t::equivalent as_bool as_int
        as_float has_key insert set_val)
    set(jinja "")
    foreach(name IN ITEMS lexer parser runtime value string caps)
        list(APPEND jinja "${CMAKE_SOURCE_DIR}/common/jinja/${name}.cpp")
    endforeach()
    set_source_files_properties(${jinja} TARGET_DIRECTORY llama-common PROPERTIES COMPILE_OPTIONS
        "-fnon-call-exceptions;-finstrument-functions;-finstrument-functions-exclude-file-list=/c++/,jinja/string.h,jinja/utils;-finstrument-functions-exclude-function-list=${left_out}")
    target_sources(llama-common PRIVATE "${mend}/budget.cpp")
    target_compile_options(llama-common PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include ${mend}/counted_strings.h>")
    foreach(symbol IN ITEMS _Znwm _Znam _ZdlPv _ZdlPvm _ZdaPv _ZdaPvm memcmp memchr memcpy memmove islower isupper)
        target_link_options(llama-common PRIVATE LINKER:--wrap=${symbol})
    endforeach()
    target_link_options(llama-common PRIVATE "LINKER:--version-script=${mend}/own_strings.map")
endfunction()
cmake_language(DEFER CALL tokapu_mend_llama)
