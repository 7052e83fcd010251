#include "platform/windows/text.h"

#include <windows.h>

namespace tokapu {

std::wstring wide(const std::string & utf8) {
    const int    size = static_cast<int>(utf8.size());
    std::wstring text(static_cast<size_t>(MultiByteToWideChar(CP_UTF8, 0, utf8.data(), size, nullptr, 0)), L'\0');
    MultiByteToWideChar(CP_UTF8, 0, utf8.data(), size, text.data(), static_cast<int>(text.size()));
    return text;
}

std::string narrow(const std::wstring & utf16) {
    const int   size = static_cast<int>(utf16.size());
    std::string text(static_cast<size_t>(WideCharToMultiByte(CP_UTF8, 0, utf16.data(), size, nullptr, 0, nullptr, nullptr)), '\0');
    WideCharToMultiByte(CP_UTF8, 0, utf16.data(), size, text.data(), static_cast<int>(text.size()), nullptr, nullptr);
    return text;
}

std::wstring wide_path(const std::string & path) {
    std::wstring text = wide(path);
    for (wchar_t & c : text) {
        c = c == L'/' ? L'\\' : c;
    }
    return text;
}

std::string error_text(unsigned long error) {
    wchar_t   buffer[512] = {};
    const int length = static_cast<int>(FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr, error, 0,
                                                       buffer, sizeof(buffer) / sizeof(buffer[0]), nullptr));
    std::string text = narrow(std::wstring(buffer, static_cast<size_t>(length)));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == '.' || text.back() == ' ')) {
        text.pop_back();
    }
    return text + (text.empty() ? "error " : " (error ") + std::to_string(error) + (text.empty() ? "" : ")");
}

}  // namespace tokapu
