# The NDK's own toolchain file, by the environment, for the ABI that one of the presets names.
if(NOT EXISTS "$ENV{ANDROID_NDK_HOME}/build/cmake/android.toolchain.cmake")
    message(FATAL_ERROR "There is no Android NDK: set ANDROID_NDK_HOME to one of version 27 or later.")
endif()
set(ANDROID_PLATFORM android-34)
set(ANDROID_STL c++_shared)  # one C++ library for all of ours, which pass its objects to one another
set(ANDROID_SUPPORT_FLEXIBLE_PAGE_SIZES ON)
include("$ENV{ANDROID_NDK_HOME}/build/cmake/android.toolchain.cmake")
