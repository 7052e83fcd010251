# Configures and builds llama.cpp in the user's cache (run by BuildLlama.cmake with cmake -P).
file(MAKE_DIRECTORY "${DIR}")
file(LOCK "${DIR}/build.lock" TIMEOUT 7200)
if(EXISTS "${DIR}/${STAGE}.stamp")
    return()
endif()
# libs-<variant> is a part of libs.
if(STAGE MATCHES "^libs-" AND EXISTS "${DIR}/libs.stamp")
    file(TOUCH "${DIR}/${STAGE}.stamp")
    return()
endif()

file(STRINGS "${OPTIONS_FILE}" options)
# Copies, so that a clone that goes away leaves a build behind that can go on.
string(REPLACE "," ";" MENDS "${MENDS}")
foreach(mend IN LISTS MENDS)
    get_filename_component(name "${mend}" NAME)
    file(COPY_FILE "${mend}" "${DIR}/${name}" ONLY_IF_DIFFERENT)
endforeach()
list(APPEND options
    "-DCMAKE_CXX_FLAGS=-include ${DIR}/gcc_amx_fix.h"
    "-DCMAKE_PROJECT_TOP_LEVEL_INCLUDES=${DIR}/llama_names.cmake"
    "-DCMAKE_PROJECT_llama.cpp_INCLUDE=${DIR}/llama_inject.cmake")
if(EXISTS "${DIR}/older_libstdcxx.cmake")
    list(APPEND options "-DCMAKE_PROJECT_INCLUDE=${DIR}/older_libstdcxx.cmake")
endif()
if(TOOLCHAIN)
    get_filename_component(name "${TOOLCHAIN}" NAME)
    list(APPEND options "-DCMAKE_TOOLCHAIN_FILE=${DIR}/${name}")
endif()
find_program(CCACHE ccache)
if(CCACHE)
    list(APPEND options "-DCMAKE_C_COMPILER_LAUNCHER=${CCACHE}" "-DCMAKE_CXX_COMPILER_LAUNCHER=${CCACHE}")
endif()

function(run what)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "llama.cpp: ${what} failed (${result})")
    endif()
endfunction()

if(NOT EXISTS "${DIR}/build/build.ninja" AND NOT EXISTS "${DIR}/build/Makefile")
    message(STATUS "Configuring llama.cpp in ${DIR}/build")
    execute_process(
        COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${DIR}/build" -G "${GENERATOR}" "-DCMAKE_C_COMPILER=${CC}"
                "-DCMAKE_CXX_COMPILER=${CXX}" ${options}
        OUTPUT_FILE "${DIR}/configure.log" ERROR_FILE "${DIR}/configure.log" RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        file(READ "${DIR}/configure.log" log)
        file(REMOVE_RECURSE "${DIR}/build")
        message(FATAL_ERROR "llama.cpp cannot be configured:\n${log}")
    endif()
endif()

# llama.cpp's target ggml waits for every CPU variant. A second Ninja file without that, over the same objects.
set(arguments "")
if(SOME_VARIANTS AND EXISTS "${DIR}/build/build.ninja")
    file(READ "${DIR}/build/build.ninja" text)
    foreach(output IN ITEMS "bin/libtokapu-ggml.so" "cmake_object_order_depends_target_ggml")
        string(REGEX MATCH "\nbuild ${output}: [^\n]*" line "${text}")
        string(REGEX REPLACE " (bin/lib|cmake_object_order_depends_target_)ggml-cpu-[^ \n]+" "" shorter "${line}")
        string(REPLACE "${line}" "${shorter}" text "${text}")
    endforeach()
    file(WRITE "${DIR}/build/some.ninja" "${text}")
    set(arguments -- -f some.ninja)
endif()

# What a core of 2024 takes, without a compiler cache.
set(time "some minutes")
if(STAGE MATCHES "^libs")
    cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
    set(seconds 1300)
    if(STAGE MATCHES "^libs-")
        set(seconds 700)
    endif()
    math(EXPR minutes "(${seconds} / ${cores} + 59) / 60")
    set(time "about ${minutes} min with ${cores} processors")
endif()
message(STATUS "Building llama.cpp (${STAGE}): ${time}, once; it is kept in ${DIR}")
string(REPLACE "," ";" TARGETS "${TARGETS}")
run(build "${CMAKE_COMMAND}" --build "${DIR}/build" --parallel --target ${TARGETS} ${arguments})
file(TOUCH "${DIR}/${STAGE}.stamp")
