# For Windows, after project(): what is linked takes strings and the like from the C++ library that is linked in. It comes before the other
# libraries, since libllama-common exports its own.
foreach(rule IN ITEMS CMAKE_CXX_LINK_EXECUTABLE CMAKE_CXX_CREATE_SHARED_LIBRARY CMAKE_CXX_CREATE_SHARED_MODULE)
    string(REPLACE "<LINK_LIBRARIES>" "-lstdc++ <LINK_LIBRARIES>" ${rule} "${${rule}}")
endforeach()
