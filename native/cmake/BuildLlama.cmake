# tokapu_build_llama(<source>): llama.cpp as imported targets llama::llama, llama::common, llama::ggml, llama::ggml-base and
# the targets llama_libs (built by default) and oracle (its tools).
#
# It is built with its own CMakeLists.txt as root, in the user's cache, under a hash of everything that has an influence on
# the result: a second clone, or a second build, finds it there.

# llama.cpp's own OpenMP: off, its thread pool needs no library that a user's machine may lack.
set(TOKAPU_LLAMA_OPENMP OFF)

set(TOKAPU_LLAMA_OPTIONS
    -DCMAKE_BUILD_TYPE=Release
    -DBUILD_SHARED_LIBS=ON
    -DGGML_BACKEND_DL=ON
    -DGGML_CPU_ALL_VARIANTS=ON
    -DGGML_NATIVE=OFF
    -DGGML_OPENMP=${TOKAPU_LLAMA_OPENMP}
    -DGGML_RPC=ON
    -DLLAMA_BUILD_IS_DEV=OFF
    -DLLAMA_BUILD_COMMIT=${TOKAPU_LLAMA_TAG}
    -DLLAMA_BUILD_NUMBER=0
    -DLLAMA_BUILD_COMMON=ON
    -DLLAMA_BUILD_TOOLS=ON
    -DLLAMA_BUILD_EXAMPLES=OFF
    -DLLAMA_BUILD_TESTS=OFF
    -DLLAMA_BUILD_SERVER=OFF
    -DLLAMA_BUILD_APP=OFF
    -DLLAMA_BUILD_UI=OFF
    -DLLAMA_USE_PREBUILT_UI=OFF
    -DLLAMA_OPENSSL=OFF
    # Plain file names and a relative RPATH: the libraries live in one folder, in a jar as well.
    -DCMAKE_PLATFORM_NO_VERSIONED_SONAME=ON
    -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON
    "-DCMAKE_INSTALL_RPATH=$ORIGIN"
    # The shim's abort guard throws through C frames.
    -DCMAKE_C_FLAGS=-fexceptions)

# What is put into llama.cpp's build.
set(TOKAPU_LLAMA_MENDS gcc_amx_fix.h keep_statics.c llama_names.cmake llama_inject.cmake ../mend/linear_regex.h
    ../mend/vocab_mend.h ../mend/counted_strings.h ../mend/budget.h ../mend/budget.cpp ../mend/own_strings.map)
# linux-x86_64 is to follow when its key changes for another reason: everybody builds it again then.
if(NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    list(APPEND TOKAPU_LLAMA_MENDS older_libstdcxx.h older_libstdcxx.cmake)
elseif(WIN32)
    list(APPEND TOKAPU_LLAMA_MENDS llama_windows.cmake own_cxx_library.cmake mingw_missing.h mingw_amx.h keep_statics_windows.c ../mend/terminate_windows.cpp ../mend/thread_locals_windows.c ../mend/budget_windows.h)
endif()
list(TRANSFORM TOKAPU_LLAMA_MENDS PREPEND "${CMAKE_CURRENT_LIST_DIR}/")
if(CMAKE_TOOLCHAIN_FILE)
    list(APPEND TOKAPU_LLAMA_MENDS "${CMAKE_TOOLCHAIN_FILE}")
endif()

# The CPU variants are named beside these, unless all that ggml has are built.
set(TOKAPU_LIBS_TARGETS llama llama-common mtmd ggml ggml-rpc)
# What a program on this machine needs, and mtmd, without which llama-server cannot be linked.
set(TOKAPU_MACHINE_TARGETS llama llama-common mtmd ggml-rpc)
set(TOKAPU_ORACLE_TARGETS llama-completion llama-tokenize llama-perplexity llama-bench llama-batched-bench llama-quantize
    llama-imatrix llama-gguf-split)

# Everything that the result depends on, as a short name; further inputs may be given.
function(tokapu_llama_key out)
    set(mends "")
    foreach(mend IN LISTS TOKAPU_LLAMA_MENDS)
        file(SHA256 "${mend}" hash)
        list(APPEND mends "${hash}")
    endforeach()
    string(SHA256 key "format 1;${TOKAPU_LLAMA_TREE};${TOKAPU_LLAMA_OPTIONS};${mends};${CMAKE_SYSTEM_NAME};\
${CMAKE_SYSTEM_PROCESSOR};${CMAKE_C_COMPILER_ID};${CMAKE_C_COMPILER_VERSION};${CMAKE_CXX_COMPILER_ID};\
${CMAKE_CXX_COMPILER_VERSION};${ARGN}")
    string(SUBSTRING "${key}" 0 32 key)
    set(${out} "${key}" PARENT_SCOPE)
endfunction()

# A stage's name, which has the hash of its targets: other targets are another stage.
function(tokapu_stage_name out prefix)
    string(SHA256 hash "${ARGN}")
    string(SUBSTRING "${hash}" 0 8 hash)
    set(${out} "${prefix}-${hash}" PARENT_SCOPE)
endfunction()

# Runs a stage of the build in the cache; its stamp says that it is done. TOKAPU_SOME_VARIANTS: not all CPU variants of ggml are built.
function(tokapu_llama_stage stage dir source targets)
    list(JOIN TOKAPU_LLAMA_OPTIONS "\n" options)
    file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/llama-options-${stage}.txt" CONTENT "${options}\n" @ONLY)
    list(JOIN targets "," target_list)
    list(JOIN TOKAPU_LLAMA_MENDS "," mends)
    add_custom_command(
        OUTPUT "${dir}/${stage}.stamp"
        BYPRODUCTS ${ARGN}
        COMMAND "${CMAKE_COMMAND}" "-DSTAGE=${stage}" "-DDIR=${dir}" "-DSOURCE=${source}" "-DTARGETS=${target_list}"
                "-DOPTIONS_FILE=${CMAKE_BINARY_DIR}/llama-options-${stage}.txt"
                "-DMENDS=${mends}" "-DGENERATOR=${CMAKE_GENERATOR}" "-DSOME_VARIANTS=${TOKAPU_SOME_VARIANTS}"
                "-DCC=${CMAKE_C_COMPILER}" "-DCXX=${CMAKE_CXX_COMPILER}" "-DTOOLCHAIN=${CMAKE_TOOLCHAIN_FILE}"
                -P "${CMAKE_SOURCE_DIR}/native/cmake/BuildLlamaStage.cmake"
        USES_TERMINAL VERBATIM)
endfunction()

# The CPU variant that the loader would take on this machine.
function(tokapu_best_cpu_variant out)
    unset(TOKAPU_RUNS CACHE)
    try_run(TOKAPU_RUNS TOKAPU_COMPILES
        SOURCES "${CMAKE_SOURCE_DIR}/native/cmake/best_cpu_variant.cpp" "${CMAKE_SOURCE_DIR}/native/src/backend/cpu_features.cpp"
            "${CMAKE_SOURCE_DIR}/native/${TOKAPU_CPU_FEATURES}" "${CMAKE_SOURCE_DIR}/native/src/platform/${TOKAPU_SYSTEM}/processor.cpp"
        CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${CMAKE_SOURCE_DIR}/native/src"
        CXX_STANDARD 17
        COMPILE_OUTPUT_VARIABLE messages RUN_OUTPUT_VARIABLE variant)
    if(NOT TOKAPU_COMPILES OR NOT TOKAPU_RUNS EQUAL 0)
        message(FATAL_ERROR "The CPU variant of this machine cannot be found out (${TOKAPU_RUNS}): ${messages}")
    endif()
    string(STRIP "${variant}" variant)
    set(${out} "${variant}" PARENT_SCOPE)
endfunction()

# Sets TOKAPU_LLAMA_BUILD_DIR, TOKAPU_LLAMA_STAMP of its libraries, and TOKAPU_LLAMA_LIBRARIES: their names, empty for all.
function(tokapu_build_llama source)
    tokapu_user_cache(cache)
    set(variants "")
    if(NOT TOKAPU_ALL_VARIANTS)
        set(variants ${TOKAPU_VARIANT_NAMES})
    endif()
    tokapu_llama_key(key ${variants})
    set(dir "${cache}/llama/${key}")
    set(bin "${dir}/build/bin")
    set(names llama llama-common ggml ggml-base)
    set(libraries "")
    foreach(name IN LISTS names)
        list(APPEND libraries "${bin}/${CMAKE_SHARED_LIBRARY_PREFIX}tokapu-${name}${CMAKE_SHARED_LIBRARY_SUFFIX}")
        if(WIN32)
            list(APPEND libraries "${dir}/build/lib/libtokapu-${name}.dll.a")
        endif()
    endforeach()

    if(NOT TOKAPU_CPU_VARIANTS MATCHES "^(all|machine)$")
        message(FATAL_ERROR "TOKAPU_CPU_VARIANTS is '${TOKAPU_CPU_VARIANTS}'; it can be all or machine")
    endif()
    # libs.stamp says that all is built, libs-zen4-*.stamp that this variant and x64 are, of the targets whose hash it has. Both stages compile in
    # one folder.
    set(stage libs)
    set(targets ${TOKAPU_LIBS_TARGETS})
    if(TOKAPU_CPU_VARIANTS STREQUAL "machine" AND NOT EXISTS "${dir}/libs.stamp")
        tokapu_best_cpu_variant(best)
        tokapu_stage_name(stage libs-${best} ${TOKAPU_MACHINE_TARGETS})
        set(variants ${TOKAPU_OLDEST_VARIANT} ${best})
        list(REMOVE_DUPLICATES variants)
        set(targets ${TOKAPU_MACHINE_TARGETS})
    endif()
    foreach(variant IN LISTS variants)
        list(APPEND targets ggml-cpu-${variant})
    endforeach()
    set(wanted "")
    set(TOKAPU_SOME_VARIANTS FALSE)
    if(variants)
        set(TOKAPU_SOME_VARIANTS TRUE)
        set(wanted ${targets} ggml ggml-base)
        list(REMOVE_DUPLICATES wanted)
        list(TRANSFORM wanted REPLACE "^(llama|llama-common|mtmd|ggml|ggml-base)$" "tokapu-\\1")
    endif()
    tokapu_llama_stage(${stage} "${dir}" "${source}" "${targets}" ${libraries})
    # Further tools are another stage: the libraries are not built again.
    tokapu_stage_name(oracle oracle ${TOKAPU_ORACLE_TARGETS})
    tokapu_llama_stage(${oracle} "${dir}" "${source}" "${TOKAPU_ORACLE_TARGETS}")
    add_custom_target(llama_libs ALL DEPENDS "${dir}/${stage}.stamp")
    add_custom_target(oracle DEPENDS "${dir}/${oracle}.stamp")
    add_dependencies(oracle llama_libs)
    file(WRITE "${CMAKE_SOURCE_DIR}/native/target/oracle${TOKAPU_CROSS}.path" "${bin}\n")

    foreach(name IN LISTS names)
        add_library(llama::${name} SHARED IMPORTED GLOBAL)
        set_target_properties(llama::${name} PROPERTIES
            IMPORTED_LOCATION "${bin}/${CMAKE_SHARED_LIBRARY_PREFIX}tokapu-${name}${CMAKE_SHARED_LIBRARY_SUFFIX}")
        if(WIN32)
            set_target_properties(llama::${name} PROPERTIES IMPORTED_IMPLIB "${dir}/build/lib/libtokapu-${name}.dll.a")
        endif()
        # src and common hold headers of libllama and libllama-common that are not installed.
        target_include_directories(llama::${name} SYSTEM INTERFACE
            "${source}/include" "${source}/ggml/include" "${source}/src" "${source}/common" "${source}/vendor")
    endforeach()
    set(TOKAPU_LLAMA_BUILD_DIR "${dir}" PARENT_SCOPE)
    set(TOKAPU_LLAMA_STAMP "${dir}/${stage}.stamp" PARENT_SCOPE)
    set(TOKAPU_LLAMA_LIBRARIES "${wanted}" PARENT_SCOPE)
endfunction()

# tokapu_build_server(<source>): the target server, llama-server (native/server) on the libraries of tokapu_build_llama.
# It is not built by default: tests and benchmarks want it.
function(tokapu_build_server source)
    set(list "${CMAKE_SOURCE_DIR}/native/server/CMakeLists.txt")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${list}")
    file(SHA256 "${list}" hash)
    tokapu_llama_key(key "${hash}")
    tokapu_user_cache(cache)
    set(dir "${cache}/server/${key}")
    # A copy, so that a clone that goes away leaves a build behind that can go on.
    file(MAKE_DIRECTORY "${dir}/list")
    file(COPY_FILE "${list}" "${dir}/list/CMakeLists.txt" ONLY_IF_DIFFERENT)
    set(TOKAPU_LLAMA_OPTIONS
        -DCMAKE_BUILD_TYPE=Release
        "-DTOKAPU_LLAMA_SOURCE=${source}"
        "-DTOKAPU_LLAMA_LIBS=${TOKAPU_LLAMA_BUILD_DIR}/build/bin")
    tokapu_llama_stage(server "${dir}" "${dir}/list" llama-server)
    add_custom_target(server DEPENDS "${dir}/server.stamp")
    add_dependencies(server oracle)
    file(WRITE "${CMAKE_SOURCE_DIR}/native/target/server${TOKAPU_CROSS}.path" "${dir}/build/bin\n")
endfunction()

# tokapu_build_backend(<source> <target> <out>): one GPU backend, with TOKAPU_BACKEND_OPTIONS, TOKAPU_BACKEND_INPUTS and
# TOKAPU_BACKEND_VERSION of native/cmake/backend-*.cmake. out: the library in the cache.
function(tokapu_build_backend source target out)
    list(FILTER TOKAPU_LLAMA_OPTIONS EXCLUDE REGEX "GGML_CPU_ALL_VARIANTS|GGML_RPC|LLAMA_BUILD_(COMMON|TOOLS)")
    list(APPEND TOKAPU_LLAMA_OPTIONS -DGGML_CPU=OFF -DLLAMA_BUILD_COMMON=OFF -DLLAMA_BUILD_TOOLS=OFF)
    set(hashes "")
    foreach(input IN LISTS TOKAPU_BACKEND_INPUTS)
        file(SHA256 "${input}" hash)
        string(APPEND hashes "${hash};")
    endforeach()
    # Without the place of the checkout: every clone finds what one has built.
    string(REPLACE "${CMAKE_SOURCE_DIR}" "" key_options "${TOKAPU_BACKEND_OPTIONS}")
    tokapu_llama_key(key "${key_options}" "${hashes}" "${TOKAPU_BACKEND_VERSION}")
    list(APPEND TOKAPU_LLAMA_OPTIONS ${TOKAPU_BACKEND_OPTIONS})
    tokapu_user_cache(cache)
    set(dir "${cache}/backend/${target}-${key}")
    set(library "${dir}/build/bin/lib${target}.so")
    tokapu_llama_stage(module "${dir}" "${source}" "${target}" "${library}")
    add_custom_target(${target}_stage DEPENDS "${dir}/module.stamp")
    set(${out} "${library}" PARENT_SCOPE)
endfunction()
