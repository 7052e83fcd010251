#include "platform/process.h"

#include "../probe/tokapu_probe.h"
#include "platform/files.h"
#include "platform/libraries.h"
#include "platform/windows/text.h"
#include "tokapu.h"

#include <windows.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace tokapu {

namespace {

constexpr int TICK_MILLIS = 2;

constexpr size_t MAX_COMMAND_LINE = 32767;  // with the end of the text

// Of ntstatus.h, which windows.h is not compiled with.
constexpr DWORD HEAP_CORRUPTION = 0xc0000374U;
constexpr DWORD FAST_FAIL       = 0xc0000409U;

// What the Task Manager, taskkill and Java's Process.destroy() end a process with.
constexpr DWORD KILLED = 1;

HANDLE handle_of(SystemId id) {
    return reinterpret_cast<HANDLE>(id);
}

SystemId id_of(HANDLE handle) {
    return reinterpret_cast<SystemId>(handle);
}

// A handle that is closed with this.
class Handle {
  public:
    explicit Handle(HANDLE handle) : handle(handle == nullptr ? INVALID_HANDLE_VALUE : handle) {}

    ~Handle() {
        if (handle != INVALID_HANDLE_VALUE) {
            CloseHandle(handle);
        }
    }

    HANDLE release() { return std::exchange(handle, INVALID_HANDLE_VALUE); }

    Handle(const Handle &)             = delete;
    Handle & operator=(const Handle &) = delete;

    HANDLE handle;
};

// One argument as the C library of the program takes it apart.
std::wstring quoted(const std::wstring & argument) {
    std::wstring text        = L"\"";
    size_t       backslashes = 0;
    for (const wchar_t c : argument) {
        if (c == L'\\') {
            backslashes++;
            continue;
        }
        text.append(c == L'"' ? 2 * backslashes + 1 : backslashes, L'\\');
        text += c;
        backslashes = 0;
    }
    return text.append(2 * backslashes, L'\\') + L'"';
}

std::wstring command_line(const std::vector<std::string> & list) {
    std::wstring line;
    for (const std::string & argument : list) {
        line += (line.empty() ? L"" : L" ") + quoted(wide(argument));
    }
    return line;
}

// Arguments that are too long for a command line, in a file that goes away with its last handle: PROBE_ARGUMENTS.
HANDLE argument_file(const std::vector<std::string> & list, SECURITY_ATTRIBUTES & inherit) {
    std::string text;
    for (size_t i = 1; i < list.size(); i++) {
        text.append(list[i]) += '\0';
    }
    std::array<wchar_t, MAX_PATH + 1> folder = {};
    std::array<wchar_t, MAX_PATH + 1> name   = {};
    if (GetTempPathW(static_cast<DWORD>(folder.size()), folder.data()) == 0 ||
        GetTempFileNameW(folder.data(), L"tok", 0, name.data()) == 0) {
        return INVALID_HANDLE_VALUE;
    }
    constexpr DWORD kind  = FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE;
    const HANDLE    file  = CreateFileW(name.data(), GENERIC_READ | GENERIC_WRITE, 0, &inherit, CREATE_ALWAYS, kind, nullptr);
    DWORD           n     = 0;
    const auto      size  = static_cast<DWORD>(text.size());
    if (file == INVALID_HANDLE_VALUE || WriteFile(file, text.data(), size, &n, nullptr) == 0 ||
        SetFilePointerEx(file, {}, nullptr, FILE_BEGIN) == 0) {
        const DWORD error = GetLastError();
        file == INVALID_HANDLE_VALUE ? DeleteFileW(name.data()) : CloseHandle(file);
        SetLastError(error);
        return INVALID_HANDLE_VALUE;
    }
    return file;
}

// The handles that a child gets, and no others.
class Inherited {
  public:
    explicit Inherited(std::vector<HANDLE> list) : list(std::move(list)) {
        SIZE_T size = 0;
        InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
        memory.resize(size);
        InitializeProcThreadAttributeList(attributes(), 1, 0, &size);
        UpdateProcThreadAttribute(attributes(), 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, this->list.data(),
                                  this->list.size() * sizeof(HANDLE), nullptr, nullptr);
    }

    ~Inherited() { DeleteProcThreadAttributeList(attributes()); }

    Inherited(const Inherited &)             = delete;
    Inherited & operator=(const Inherited &) = delete;

    LPPROC_THREAD_ATTRIBUTE_LIST attributes() { return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory.data()); }

  private:
    std::vector<HANDLE> list;
    std::vector<char>   memory;
};

// Of a process that ends with the last handle to the job, which is this process's.
bool put_into_job(const Handle & job, HANDLE process) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {};
    limits.BasicLimitInformation.LimitFlags     = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    return SetInformationJobObject(job.handle, JobObjectExtendedLimitInformation, &limits, sizeof(limits)) != 0 &&
           AssignProcessToJobObject(job.handle, process) != 0;
}

// What a program brings on itself; null for other statuses of the system, such as those of a program that cannot be loaded or a
// session that ends.
const char * fault_name(DWORD status) {
    switch (status) {
        case EXCEPTION_ACCESS_VIOLATION:
            return "access violation";
        case EXCEPTION_IN_PAGE_ERROR:
            return "page that cannot be read";
        case EXCEPTION_STACK_OVERFLOW:
            return "stack overflow";
        case EXCEPTION_ILLEGAL_INSTRUCTION:
        case EXCEPTION_PRIV_INSTRUCTION:
            return "illegal instruction";
        case EXCEPTION_INT_DIVIDE_BY_ZERO:
        case EXCEPTION_INT_OVERFLOW:
            return "division by zero";
        case EXCEPTION_FLT_DENORMAL_OPERAND:
        case EXCEPTION_FLT_DIVIDE_BY_ZERO:
        case EXCEPTION_FLT_INEXACT_RESULT:
        case EXCEPTION_FLT_INVALID_OPERATION:
        case EXCEPTION_FLT_OVERFLOW:
        case EXCEPTION_FLT_STACK_CHECK:
        case EXCEPTION_FLT_UNDERFLOW:
            return "floating-point exception";
        case EXCEPTION_DATATYPE_MISALIGNMENT:
            return "misaligned address";
        case EXCEPTION_BREAKPOINT:
            return "breakpoint";
        case HEAP_CORRUPTION:
            return "heap corruption";
        case FAST_FAIL:
            return "fast fail";
        case PROBE_ABORTED:
            return "abort";
        default:
            return nullptr;
    }
}

// What ends a program that did not end itself has a status of the system: 0xC0000005 for a bad address.
Ending ending_of(DWORD status) {
    if (status == PROBE_ENDLESS) {
        return { Ending::By::endless, 0, "the limit of its time" };
    }
    if (status == PROBE_ENDED || status == KILLED) {
        return { Ending::By::other, 0, "another process" };
    }
    if (status < 0x40000000U) {
        return { Ending::By::exit, static_cast<int>(status), "" };
    }
    const char * fault    = fault_name(status);
    char         code[16] = {};
    std::snprintf(code, sizeof(code), "0x%08lX", status);
    const std::string cause = std::string("exception ") + code;
    return fault == nullptr ? Ending{ Ending::By::other, 0, cause } : Ending{ Ending::By::fault, 0, cause + " (" + fault + ")" };
}

}  // namespace

Pipe::Pipe() {
    HANDLE read  = nullptr;
    HANDLE write = nullptr;
    if (CreatePipe(&read, &write, nullptr, 0) == 0) {
        error = error_text(GetLastError());
        return;
    }
    ends = { id_of(read), id_of(write) };
}

void Pipe::close_end(size_t end) {
    if (ends[end] != NOTHING) {
        CloseHandle(handle_of(ends[end]));
        ends[end] = NOTHING;
    }
}

// Such a pipe cannot be waited for with a limit: it is looked at again and again. It ends with its writer: a process that the
// application starts at the same moment as start_child() may have the end that is written to, and keep it open.
int64_t Pipe::read_some(char * data, size_t size, int millis, const Child & writer) const {
    const ULONGLONG end = GetTickCount64() + static_cast<ULONGLONG>(std::max(millis, 0));
    for (;;) {
        const bool ended     = writer.process == NOTHING || WaitForSingleObject(handle_of(writer.process), 0) == WAIT_OBJECT_0;
        DWORD      available = 0;
        if (PeekNamedPipe(handle_of(ends[0]), nullptr, 0, nullptr, &available, nullptr) == 0) {
            return 0;
        }
        if (available > 0) {
            DWORD n = 0;
            return ReadFile(handle_of(ends[0]), data, static_cast<DWORD>(size), &n, nullptr) == 0 ? 0 : static_cast<int64_t>(n);
        }
        if (ended) {  // before the pipe was looked at: it has all that was written
            return 0;
        }
        if (GetTickCount64() >= end) {
            return -1;
        }
        Sleep(TICK_MILLIS);
    }
}

Child::State Child::look(bool patient, Ending & ending) {
    if (process == NOTHING) {
        return State::lost;
    }
    if (WaitForSingleObject(handle_of(process), patient ? INFINITE : 0) == WAIT_TIMEOUT) {
        return State::running;
    }
    DWORD      status = 0;
    const bool known  = GetExitCodeProcess(handle_of(process), &status) != 0;
    CloseHandle(handle_of(process));
    CloseHandle(handle_of(group));
    process = NOTHING;
    group   = NOTHING;
    ending  = known ? ending_of(status) : ending;
    return known ? State::ended : State::lost;
}

void Child::end() const {
    if (process != NOTHING) {
        TerminateProcess(handle_of(process), PROBE_ENDED);
    }
}

std::string start_child(const std::vector<std::string> & list, int /*descriptor*/, const Pipe & output, Child & child) {
    std::wstring        line    = command_line(list);
    const bool          fits    = line.size() < MAX_COMMAND_LINE;
    SECURITY_ATTRIBUTES inherit = { sizeof(inherit), nullptr, TRUE };
    constexpr DWORD     access  = GENERIC_READ | GENERIC_WRITE;
    constexpr DWORD     share   = FILE_SHARE_READ | FILE_SHARE_WRITE;
    const HANDLE        here    = GetCurrentProcess();
    const Handle        nowhere(CreateFileW(L"NUL", access, share, &inherit, OPEN_EXISTING, 0, nullptr));
    const Handle        input(fits ? nullptr : argument_file(list, inherit));
    if (!fits && input.handle == INVALID_HANDLE_VALUE) {
        return "its arguments cannot be written to a temporary file: " + error_text(GetLastError());
    }
    if (!fits) {
        line = command_line({ list[0], PROBE_ARGUMENTS });
    }
    const HANDLE read = fits ? nowhere.handle : input.handle;
    HANDLE       copy = nullptr;
    if (DuplicateHandle(here, handle_of(output.ends[1]), here, &copy, 0, TRUE, DUPLICATE_SAME_ACCESS) == 0) {
        return error_text(GetLastError());
    }
    const Handle   said(copy);
    Inherited      inherited(fits ? std::vector<HANDLE>{ nowhere.handle, said.handle } :
                                    std::vector<HANDLE>{ nowhere.handle, said.handle, input.handle });
    STARTUPINFOEXW start         = {};
    start.StartupInfo.cb         = sizeof(start);
    start.StartupInfo.dwFlags    = STARTF_USESTDHANDLES;
    start.StartupInfo.hStdInput  = read;
    start.StartupInfo.hStdOutput = nowhere.handle;
    start.StartupInfo.hStdError  = said.handle;
    start.lpAttributeList        = inherited.attributes();
    PROCESS_INFORMATION made     = {};
    constexpr DWORD     how      = CREATE_SUSPENDED | CREATE_NO_WINDOW | EXTENDED_STARTUPINFO_PRESENT;
    if (CreateProcessW(wide_path(list[0]).c_str(), line.data(), nullptr, nullptr, TRUE, how, nullptr, nullptr, &start.StartupInfo,
                       &made) == 0) {
        return error_text(GetLastError());
    }
    const Handle thread(made.hThread);
    Handle       process(made.hProcess);
    Handle       job(CreateJobObjectW(nullptr, nullptr));
    if (!put_into_job(job, process.handle)) {
        const std::string error = error_text(GetLastError());
        TerminateProcess(process.handle, PROBE_ENDED);
        return "it cannot be put into a job: " + error;
    }
    child.process = id_of(process.release());
    child.group   = id_of(job.release());
    ResumeThread(thread.handle);
    return "";
}

std::string program_file(const std::string & name) {
    return name + ".exe";
}

std::string program_beside_library(const std::string & name) {
    const std::string library = loaded_file("tokapu", reinterpret_cast<const void *>(&tokapu_abi_version));
    const std::string path    = library.substr(0, library.rfind('\\') + 1) + program_file(name);
    return !library.empty() && file_status(path).type == FileType::regular ? path : "";
}

}  // namespace tokapu
