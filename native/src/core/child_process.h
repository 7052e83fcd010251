// The program beside this library, libtokapu-probe.so, started for work that may end a process.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace tokapu {

// The path of the program; empty where there is none that can be started.
std::string child_program();

// Two ends of a pipe that no other process gets.
class Pipe {
  public:
    Pipe();
    ~Pipe();
    Pipe(const Pipe &)             = delete;
    Pipe & operator=(const Pipe &) = delete;

    void close_end(size_t end);

    bool               open = false;
    std::array<int, 2> ends = { -1, -1 };
};

// A process that does not outlive this: it is ended and waited for.
class Child {
  public:
    Child() = default;
    ~Child();
    Child(const Child &)             = delete;
    Child & operator=(const Child &) = delete;

    // As waitpid(); once the process is gone, nothing is left to be ended.
    pid_t wait(int * status, int flags);

    void end() const;

    pid_t pid = 0;
};

// Starts the program with stderr at the pipe, and signals as in a fresh process: a JVM ignores and blocks some. The descriptor,
// unless it is -1, is PROBE_FD there. Answers 0 or an errno.
int start_child(const std::vector<std::string> & list, int fd, const Pipe & output, Child & child);

// "signal 11 (Segmentation fault)"
std::string signal_name(int number);

// Whether a program brings such a signal on itself.
bool is_fault(int number);

}  // namespace tokapu
