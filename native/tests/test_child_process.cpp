// A process that was started is ended and waited for when an exception passes its owner.
#include "platform/process.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#ifdef _WIN32
#    include <windows.h>
#else
#    include <cerrno>
#    include <csignal>
#endif

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

// What the process writes comes through the pipe, then its end; arguments arrive as they are.
void a_process_is_heard() {
    tokapu::Pipe      output;
    tokapu::Child     child;
    const std::string odd = "a \"b\\\" \\";
    check(tokapu::start_child({ self, "say", odd, "" }, -1, output, child).empty(), "the process starts");
    output.close_end(1);
    std::string text;
    char        buffer[64];
    for (int64_t n = 1; n != 0;) {
        n = output.read_some(buffer, sizeof(buffer), 60000);
        text.append(buffer, n > 0 ? static_cast<size_t>(n) : 0);
    }
    check(text == std::to_string(odd.size()), "it says what it was told to");
}

void a_process_that_aborts_is_a_fault() {
    tokapu::Pipe   output;
    tokapu::Child  child;
    tokapu::Ending ending;
    check(tokapu::start_child({ self, "crash" }, -1, output, child).empty(), "the process starts");
    check(child.wait(ending) == tokapu::Child::State::ended && ending.by == tokapu::Ending::By::fault && !ending.cause.empty(),
          "the end is told from an exit");
}

void a_program_that_is_missing_leaves_nothing() {
    tokapu::Pipe  output;
    tokapu::Child child;
    check(!tokapu::start_child({ "/nonexistent" }, -1, output, child).empty(), "the error is that of the system");
    check(child.process == tokapu::NOTHING, "there is no process");
}

int as_child(int argc, char ** argv) {
    const std::string what = argv[1];
    if (what == "crash") {
        crash();
    }
    if (what == "say") {
        std::fprintf(stderr, "%zu", std::string(argv[2]).size());
        return argc == 4 ? 0 : 1;
    }
    std::this_thread::sleep_for(std::chrono::seconds(std::atoi(argv[1])));
    return 7;
}

}  // namespace

int main(int argc, char ** argv) {
    if (argc > 1) {
        return as_child(argc, argv);
    }
    self = argv[0];
    an_exception_ends_the_process();
    a_process_that_ended_is_left_alone();
    a_process_is_heard();
    a_process_that_aborts_is_a_fault();
    a_program_that_is_missing_leaves_nothing();
    return failures == 0 ? 0 : 1;
}
