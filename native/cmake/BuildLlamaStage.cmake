# Configures and builds llama.cpp in the user's cache (run by BuildLlama.cmake with cmake -P).
file(MAKE_DIRECTORY "${DIR}")
file(LOCK "${DIR}/build.lock" TIMEOUT 7200)
if(EXISTS "${DIR}/${STAGE}.stamp")
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
message(STATUS "Building llama.cpp (${STAGE}); this takes some minutes once and is kept in ${DIR}")
string(REPLACE "," ";" TARGETS "${TARGETS}")
run(build "${CMAKE_COMMAND}" --build "${DIR}/build" --parallel --target ${TARGETS})
file(TOUCH "${DIR}/${STAGE}.stamp")
