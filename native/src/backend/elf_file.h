#pragma once

#include <string>

namespace tokapu {

// Whether the file ends before the parts that its ELF headers promise. The linker maps such a file and dies of SIGBUS when it
// reads there. False for everything that is no ELF file of this machine's word size: of that the linker says what is wrong.
bool elf_is_cut_short(const std::string & path);

}  // namespace tokapu
