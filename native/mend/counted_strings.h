/* Force-included into the files of libllama-common: its strings and string streams are made of the templates, in the library
 * itself, in place of those that libstdc++ has ready. Only so do its allocations meet the operator new of budget.cpp. */
#pragma once

#ifdef __cplusplus
#    include <bits/c++config.h>
#    undef _GLIBCXX_EXTERN_TEMPLATE
#    define _GLIBCXX_EXTERN_TEMPLATE 0
#    include <string>
#    undef _GLIBCXX_EXTERN_TEMPLATE
#    define _GLIBCXX_EXTERN_TEMPLATE 1
#    include <istream>
#    include <ostream>
#    undef _GLIBCXX_EXTERN_TEMPLATE
#    define _GLIBCXX_EXTERN_TEMPLATE 0
#    include <sstream>
#    undef _GLIBCXX_EXTERN_TEMPLATE
#    define _GLIBCXX_EXTERN_TEMPLATE 1
#endif
