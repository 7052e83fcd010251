// Files. Paths are UTF-8 on all systems. What fails leaves errno.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>

namespace tokapu {

using File = std::unique_ptr<FILE, int (*)(FILE *)>;

enum class FileType { missing, regular, directory, other };

struct FileStatus {
    FileType type = FileType::missing;
    int64_t  size = 0;
};

FileStatus file_status(const std::string & path);
FileStatus file_status(FILE * file);

// "a directory": what a file is that is not regular.
const char * type_name(FileType type);

// What the system says of an error, in UTF-8.
std::string error_text(const std::error_code & error);

// Opens a file for reading. Child processes do not get it.
File open_file(const std::string & path);

// Opens the file of a descriptor again, where that can be: a copy shares its position with the caller's.
File open_file_of(int descriptor);

// The descriptor that a child process can get.
int descriptor_of(FILE * file);

// Where a file is read next: with 64 bits also where off_t has 32.
bool    seek(FILE * file, int64_t offset);
int64_t tell(FILE * file);

// Reads from a place, wherever the file stands, and leaves it there. Fewer bytes at the end, none after an error.
size_t read_at(FILE * file, int64_t offset, void * data, size_t size);

// Whether a library ends before the parts that its headers promise, where the linker would map it and die of that. Of everything else
// the linker says what is wrong.
bool is_cut_short(const std::string & library);

}  // namespace tokapu
