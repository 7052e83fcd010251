// Texts of Windows, which are UTF-16.
#pragma once

#include <string>

namespace tokapu {

std::wstring wide(const std::string & utf8);
std::string  narrow(const std::wstring & utf16);

// A path as all of the system's functions take it, with backslashes. It has at most 259 characters: llama.cpp marks no longer ones.
std::wstring wide_path(const std::string & path);

// What the system says of an error, with its number.
std::string error_text(unsigned long error);

}  // namespace tokapu
