// Processes that are started: what they get and say, how their ends are told apart, and that none outlives its owner.
#include "../probe/tokapu_probe.h"
#include "platform/process.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#ifdef _WIN32
#    include <windows.h>
#else
#    include <cerrno>
#    include <csignal>
#    include <cstring>
#endif

extern "C" void system_prepare(int * argc, char *** argv);  // probe/system.h, which is C

namespace {

int          failures = 0;
const char * self     = nullptr;

void check(bool sound, const char * what) {
    if (!sound) {
        std::printf("failed: %s\n", what);
        failures++;
    }
}

#ifdef _WIN32
unsigned long number_of(const tokapu::Child & child) {
    return GetProcessId(reinterpret_cast<HANDLE>(child.process));
}

void crash() {
    SetErrorMode(SEM_NOGPFAULTERRORBOX);
    RaiseException(EXCEPTION_ACCESS_VIOLATION, 0, 0, nullptr);
}

// As the process itself does when its time is up.
void end_as_endless() {
    TerminateProcess(GetCurrentProcess(), PROBE_ENDLESS);
}

// As the Task Manager and Java do.
void kill_from_outside(const tokapu::Child & child) {
    TerminateProcess(reinterpret_cast<HANDLE>(child.process), 1);
}

bool gone(unsigned long number) {
    const HANDLE process = OpenProcess(SYNCHRONIZE, FALSE, number);
    const bool   ended   = process == nullptr || WaitForSingleObject(process, 0) == WAIT_OBJECT_0;
    if (process != nullptr) {
        CloseHandle(process);
    }
    return ended;
}
#else
pid_t number_of(const tokapu::Child & child) {
    return static_cast<pid_t>(child.process);
}

void crash() {
    std::abort();
}

// As the system does when the time is up.
void end_as_endless() {
    std::raise(SIGXCPU);
}

void kill_from_outside(const tokapu::Child & child) {
    kill(number_of(child), SIGTERM);
}

bool gone(pid_t number) {
    errno = 0;
    return kill(number, 0) < 0 && errno == ESRCH;
}
#endif

void an_exception_ends_the_process() {
    decltype(number_of({})) number = 0;
    try {
        tokapu::Pipe  output;
        tokapu::Child child;
        check(tokapu::start_child({ self, "600" }, -1, output, child).empty(), "the process starts");
        number = number_of(child);
        check(number > 0 && !gone(number), "the process runs");
        throw std::runtime_error("as from a callback");
    } catch (const std::runtime_error &) {
        check(gone(number), "the process is ended and waited for");
    }
}

void a_process_that_ended_is_left_alone() {
    tokapu::Pipe   output;
    tokapu::Child  child;
    tokapu::Ending ending;
    check(tokapu::start_child({ self, "0" }, -1, output, child).empty(), "the process starts");
    check(child.wait(ending) == tokapu::Child::State::ended && ending.by == tokapu::Ending::By::exit && ending.status == 7,
          "the process ends with its status");
    check(child.process == tokapu::NOTHING, "its number is forgotten, another process may get it");
    check(child.poll(ending) == tokapu::Child::State::lost, "there is nothing more to wait for");
}

// All that comes through the pipe until its end.
std::string heard(const tokapu::Pipe & output, const tokapu::Child & child) {
    constexpr int millis = 60000;
    std::string   text;
    char          buffer[64];
    int64_t       n = 0;
    while ((n = output.read_some(buffer, sizeof(buffer), millis, child)) > 0) {
        text.append(buffer, static_cast<size_t>(n));
    }
    check(n == 0, "what it says comes to an end");
    return text;
}

void a_process_gets_its_arguments_and_is_heard() {
    tokapu::Pipe                   output;
    tokapu::Child                  child;
    tokapu::Ending                 ending;
    const std::vector<std::string> odd = { "a \"b\\\" \\", "", "\\\\\"", "a b\\", "*", "%PATH%" };
    std::vector<std::string>       list = { self, "say" };
    std::string                    wanted;
    for (const std::string & argument : odd) {
        list.push_back(argument);
        wanted += "<" + argument + ">";
    }
    check(tokapu::start_child(list, -1, output, child).empty(), "the process starts");
    output.close_end(1);
    check(heard(output, child) == wanted, "arguments arrive as they are");
    check(child.wait(ending) == tokapu::Child::State::ended && ending.by == tokapu::Ending::By::exit && ending.status == 0,
          "the process ends with 0");
}

// More than a command line of Windows holds.
void arguments_have_any_length() {
    tokapu::Pipe             output;
    tokapu::Child            child;
    std::vector<std::string> list = { self, "say" };
    std::string              wanted;
    for (int i = 0; i < 1000; i++) {
        list.push_back("C:\\models\\größe \"" + std::to_string(i) + "\" of a thousand.gguf");
        list.emplace_back();
        wanted += "<" + list[list.size() - 2] + "><>";
    }
    check(tokapu::start_child(list, -1, output, child).empty(), "the process starts");
    output.close_end(1);
    check(heard(output, child) == wanted, "all arguments arrive");
}

#ifdef _WIN32
// Any other process may have it, which was started at the same moment.
void a_pipe_ends_with_the_process_that_writes() {
    tokapu::Pipe  output;
    tokapu::Child child;
    HANDLE        held = nullptr;
    const HANDLE  here = GetCurrentProcess();
    check(DuplicateHandle(here, reinterpret_cast<HANDLE>(output.ends[1]), here, &held, 0, TRUE, DUPLICATE_SAME_ACCESS) != 0,
          "the end is held");
    check(tokapu::start_child({ self, "say", "last words" }, -1, output, child).empty(), "the process starts");
    output.close_end(1);
    check(heard(output, child) == "<last words>", "all of it comes, and its end");
    CloseHandle(held);
}
#endif

void an_end_is(tokapu::Ending::By by, const char * how, void (*act)(const tokapu::Child &)) {
    tokapu::Pipe   output;
    tokapu::Child  child;
    tokapu::Ending ending;
    check(tokapu::start_child({ self, how }, -1, output, child).empty(), "the process starts");
    act(child);
    check(child.wait(ending) == tokapu::Child::State::ended && ending.by == by && !ending.cause.empty(), how);
}

void ends_are_told_apart() {
    const auto wait = [](const tokapu::Child & /*child*/) {};
    an_end_is(tokapu::Ending::By::fault, "crash", wait);
    an_end_is(tokapu::Ending::By::endless, "endless", wait);
    an_end_is(tokapu::Ending::By::other, "600", [](const tokapu::Child & child) { child.end(); });
    an_end_is(tokapu::Ending::By::other, "600", kill_from_outside);
}

void a_program_that_is_missing_leaves_nothing() {
    tokapu::Pipe      output;
    tokapu::Child     child;
    const std::string error = tokapu::start_child({ "/nonexistent" }, -1, output, child);
#ifdef _WIN32
    check(error.find("(error 2)") != std::string::npos, "the error is that of the system");
#elif defined(TOKAPU_EMULATED)
    // The child of QEMU's vfork() has memory of its own, where the C library leaves the error: there is a process, which ends.
    tokapu::Ending ending;
    check(error.empty() && child.wait(ending) == tokapu::Child::State::ended && ending.status == 127, "the process ends");
#else
    check(error == std::strerror(ENOENT), "the error is that of the system");
#endif
    check(child.process == tokapu::NOTHING, "there is no process");
}

int as_child(int argc, char ** argv) {
    const std::string what = argv[1];
    if (what == "crash") {
        crash();
    }
    if (what == "endless") {
        end_as_endless();
    }
    if (what == "say") {
        for (int i = 2; i < argc; i++) {
            std::fprintf(stderr, "<%s>", argv[i]);
        }
        return 0;
    }
    std::this_thread::sleep_for(std::chrono::seconds(std::atoi(argv[1])));
    return 7;
}

}  // namespace

int main(int argc, char ** argv) {
    if (argc > 1) {
        system_prepare(&argc, &argv);
        return as_child(argc, argv);
    }
    self = argv[0];
    an_exception_ends_the_process();
    a_process_that_ended_is_left_alone();
    a_process_gets_its_arguments_and_is_heard();
    arguments_have_any_length();
#ifdef _WIN32
    a_pipe_ends_with_the_process_that_writes();
#endif
    ends_are_told_apart();
    a_program_that_is_missing_leaves_nothing();
    return failures == 0 ? 0 : 1;
}
