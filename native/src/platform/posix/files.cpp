#include "platform/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tokapu {

namespace {

FileStatus status_from(bool known, const struct stat & status) {
    if (!known) {
        return {};
    }
    const FileType type = S_ISREG(status.st_mode) ? FileType::regular :
                          S_ISDIR(status.st_mode) ? FileType::directory :
                                                    FileType::other;
    return { type, static_cast<int64_t>(status.st_size) };
}

File file_from(int descriptor) {
    File file(descriptor < 0 ? nullptr : fdopen(descriptor, "rb"), std::fclose);
    if (file == nullptr && descriptor >= 0) {
        close(descriptor);
    }
    return file;
}

}  // namespace

FileStatus file_status(const std::string & path) {
    struct stat status = {};
    return status_from(stat(path.c_str(), &status) == 0, status);
}

FileStatus file_status(FILE * file) {
    struct stat status = {};
    return status_from(fstat(fileno(file), &status) == 0, status);
}

std::string error_text(const std::error_code & error) {
    return error.message();
}

File open_file(const std::string & path) {
    return file_from(open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

File open_file_of(int descriptor) {
    const int again = open(("/proc/self/fd/" + std::to_string(descriptor)).c_str(), O_RDONLY | O_CLOEXEC);
    return file_from(again >= 0 ? again : fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
}

int descriptor_of(FILE * file) {
    return fileno(file);
}

bool seek(FILE * file, int64_t offset) {
    return fseeko(file, offset, SEEK_SET) == 0;
}

int64_t tell(FILE * file) {
    return ftello(file);
}

size_t read_at(FILE * file, int64_t offset, void * data, size_t size) {
    const ssize_t n = pread(fileno(file), data, size, offset);
    return n < 0 ? 0 : static_cast<size_t>(n);
}

}  // namespace tokapu
