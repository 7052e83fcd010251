// The linker maps a file that is cut short and dies of SIGBUS when it reads there.
#include "platform/files.h"

#include <elf.h>
#include <link.h>

#include <cstring>
#include <vector>

namespace tokapu {

namespace {

template <class T> bool read_items(FILE * file, uint64_t offset, T * into, size_t n) {
    return std::fseek(file, static_cast<long>(offset), SEEK_SET) == 0 && std::fread(into, sizeof(T), n, file) == n;
}

bool ends_before(uint64_t size, uint64_t offset, uint64_t length) {
    return offset > size || length > size - offset;
}

}  // namespace

bool is_cut_short(const std::string & library) {
    const File file = open_file(library);
    ElfW(Ehdr) head = {};
    constexpr unsigned char word_size = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
    if (file == nullptr || !read_items(file.get(), 0, &head, 1) || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
        head.e_ident[EI_CLASS] != word_size || head.e_phentsize != sizeof(ElfW(Phdr)) ||
        std::fseek(file.get(), 0, SEEK_END) != 0) {
        return false;
    }
    const auto size = static_cast<uint64_t>(std::ftell(file.get()));
    if (ends_before(size, head.e_phoff, head.e_phnum * sizeof(ElfW(Phdr)))) {
        return true;
    }
    std::vector<ElfW(Phdr)> segments(head.e_phnum);
    if (!read_items(file.get(), head.e_phoff, segments.data(), segments.size())) {
        return true;
    }
    for (const ElfW(Phdr) & segment : segments) {
        if (segment.p_type == PT_LOAD && ends_before(size, segment.p_offset, segment.p_filesz)) {
            return true;
        }
    }
    return false;
}

}  // namespace tokapu
