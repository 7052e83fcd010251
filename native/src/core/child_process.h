// The program beside this library, libtokapu-probe.so, started for work that may end a process.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace tokapu {

// Two ends of a pipe that no other process gets.
class Pipe {
  public:
    Pipe();
    ~Pipe();
    Pipe(const Pipe &)             = delete;
    Pipe & operator=(const Pipe &) = delete;

    void close_end(size_t end);

    // Reads what comes within this time: 0 once the other end is closed, -1 when nothing came.
    ssize_t read_some(char * data, size_t size, int millis) const;

    int                error = 0;  // an errno: there is no pipe
    std::array<int, 2> ends  = { -1, -1 };
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

// Starts a program, the first of the list, with stderr at the pipe, and signals as in a fresh process: a JVM ignores and blocks some.
// The descriptor, unless it is -1, is PROBE_FD there. Answers 0 or an errno.
int start_child(const std::vector<std::string> & list, int fd, const Pipe & output, Child & child);

// Starts the program beside this library with these arguments, and leaves it the end of the pipe that it writes to. Answers why it
// could not be started, nothing when it was.
std::string start_probe(std::vector<std::string> arguments, int fd, Pipe & output, Child & child);

// "signal 11 (Segmentation fault)"
std::string signal_name(int number);

// Whether a program brings such a signal on itself.
bool is_fault(int number);

}  // namespace tokapu
