// Child processes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tokapu {

// What the system calls a process, a descriptor or a handle; NOTHING when there is none.
using SystemId              = intptr_t;
constexpr SystemId NOTHING = -1;

class Child;

// Two ends of a pipe that no other process gets: 0 is read, 1 is written.
class Pipe {
  public:
    Pipe();
    ~Pipe();
    Pipe(const Pipe &)             = delete;
    Pipe & operator=(const Pipe &) = delete;

    void close_end(size_t end);

    // Reads what the process that writes sends within this time: 0 once it has closed its end, -1 when nothing came.
    int64_t read_some(char * data, size_t size, int millis, const Child & writer) const;

    std::string             error;  // why there is no pipe
    std::array<SystemId, 2> ends = { NOTHING, NOTHING };
};

// How a process ended.
struct Ending {
    enum class By {
        exit,     // with a status
        fault,    // by what a program brings on itself: a bad address, abort()
        endless,  // by the limit of its time on the processor
        other     // somebody ended it
    };

    By          by     = By::exit;
    int         status = 0;
    std::string cause;  // unless it is By::exit: "signal 11 (Segmentation fault)"
};

// A process that does not outlive this: it is ended and waited for.
class Child {
  public:
    Child() = default;
    ~Child();
    Child(const Child &)             = delete;
    Child & operator=(const Child &) = delete;

    enum class State {
        running,
        ended,
        lost  // it cannot be waited for: something else waits for all children of this process
    };

    // Once the process is gone, nothing is left to be ended.
    State poll(Ending & ending);
    State wait(Ending & ending);

    void end() const;

    SystemId process = NOTHING;
    SystemId group   = NOTHING;  // on Windows, the job that ends it with this process

  private:
    State look(bool patient, Ending & ending);
};

// Starts a program, the first of the list, with stderr at the pipe, and signals as in a fresh process: a JVM ignores and blocks some.
// The descriptor, unless it is -1, is PROBE_FD there. Arguments that a command line of Windows is too short for are for
// system_prepare(). Answers why it could not be started, nothing when it was.
std::string start_child(const std::vector<std::string> & list, int descriptor, const Pipe & output, Child & child);

// The path of a program that lies beside this library; empty where there is none that can be started.
std::string program_beside_library(const std::string & name);

// The file of our own program, which is packed like a library.
std::string program_file(const std::string & name);

}  // namespace tokapu
