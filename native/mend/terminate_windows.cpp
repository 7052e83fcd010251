// On Windows each DLL has a C++ library of its own, and a handler of std::terminate with it. The shim sets its handler here, too.
#include <exception>

namespace tokapu_mend {

void set_terminate(std::terminate_handler handler);

void set_terminate(std::terminate_handler handler) {
    std::set_terminate(handler);
}

}  // namespace tokapu_mend
