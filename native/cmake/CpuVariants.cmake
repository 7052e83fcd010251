# What differs between processor architectures:
# TOKAPU_CPU_FEATURES   the source that tells which of ggml's CPU variants a machine can run
# TOKAPU_VARIANT_NAMES  the variants that are built, from the oldest on
# TOKAPU_ALL_VARIANTS   whether those are all that ggml has
# and TOKAPU_SYSTEM, the folder of native/src/platform with what differs between operating systems.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
    set(TOKAPU_CPU_FEATURES src/backend/cpu_features_arm.cpp)
    # Not armv9.2_1 and armv9.2_2: they are the same code for processors with SME, which KleidiAI alone uses, and that is not
    # built. Compilers before GCC 14 do not know SME.
    set(TOKAPU_VARIANT_NAMES armv8.0_1 armv8.2_1 armv8.2_2 armv8.2_3 armv8.6_1 armv8.6_2)
    set(TOKAPU_ALL_VARIANTS FALSE)
else()
    set(TOKAPU_CPU_FEATURES src/backend/cpu_features_x86.cpp)
    set(TOKAPU_VARIANT_NAMES x64 sse42 sandybridge ivybridge piledriver haswell alderlake skylakex cannonlake cascadelake
        icelake cooperlake zen4 sapphirerapids)
    set(TOKAPU_ALL_VARIANTS TRUE)
endif()
list(GET TOKAPU_VARIANT_NAMES 0 TOKAPU_OLDEST_VARIANT)
set(TOKAPU_SYSTEM posix)
if(WIN32)
    set(TOKAPU_SYSTEM windows)
endif()
