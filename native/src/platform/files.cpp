#include "platform/files.h"

namespace tokapu {

const char * type_name(FileType type) {
    return type == FileType::directory ? "a directory" : "a device or a pipe";
}

}  // namespace tokapu
