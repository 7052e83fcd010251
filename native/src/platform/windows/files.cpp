#include "platform/files.h"

#include "platform/windows/text.h"

#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>
#include <windows.h>

#include <cerrno>

namespace tokapu {

namespace {

FileStatus status_from(bool known, const struct _stat64 & status) {
    if (!known) {
        return {};
    }
    const auto     kind = status.st_mode & _S_IFMT;
    const FileType type = kind == _S_IFREG ? FileType::regular : kind == _S_IFDIR ? FileType::directory : FileType::other;
    return { type, status.st_size };
}

}  // namespace

FileStatus file_status(const std::string & path) {
    const std::wstring name   = wide_path(path);
    struct _stat64     status = {};
    const bool         known  = _wstat64(name.c_str(), &status) == 0;
    if (!known && name.size() >= MAX_PATH) {
        errno = ENAMETOOLONG;  // in place of ENOENT
    }
    return status_from(known, status);
}

FileStatus file_status(FILE * file) {
    struct _stat64 status = {};
    return status_from(_fstat64(_fileno(file), &status) == 0, status);
}

// Its own message of an error of the system is in a code page.
std::string error_text(const std::error_code & error) {
    return error.category() == std::system_category() ? error_text(static_cast<unsigned long>(error.value())) : error.message();
}

File open_file(const std::string & path) {
    return { _wfopen(wide_path(path).c_str(), L"rbN"), std::fclose };
}

// Descriptors belong to a C library, of which a process may have several; this one has none but its own.
File open_file_of(int /*descriptor*/) {
    errno = ENOSYS;
    return { nullptr, std::fclose };
}

int descriptor_of(FILE * file) {
    return _fileno(file);
}

bool seek(FILE * file, int64_t offset) {
    return _fseeki64(file, offset, SEEK_SET) == 0;
}

int64_t tell(FILE * file) {
    return _ftelli64(file);
}

size_t read_at(FILE * file, int64_t offset, void * data, size_t size) {
    const auto    handle   = reinterpret_cast<HANDLE>(_get_osfhandle(_fileno(file)));
    LARGE_INTEGER position = {};
    SetFilePointerEx(handle, {}, &position, FILE_CURRENT);  // reading moves it
    OVERLAPPED place = {};
    place.Offset     = static_cast<DWORD>(offset);
    place.OffsetHigh = static_cast<DWORD>(static_cast<uint64_t>(offset) >> 32U);
    DWORD      n     = 0;
    const bool read  = ReadFile(handle, data, static_cast<DWORD>(size), &n, &place) != 0;
    SetFilePointerEx(handle, position, nullptr, FILE_BEGIN);
    return read ? n : 0;
}

// The loader refuses such a library itself.
bool is_cut_short(const std::string & /*library*/) {
    return false;
}

}  // namespace tokapu
