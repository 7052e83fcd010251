#include "platform/process.h"

#include "../probe/tokapu_probe.h"
#include "platform/libraries.h"
#include "tokapu.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

extern char ** environ;

namespace tokapu {

namespace {

class Actions {
  public:
    Actions() {
        posix_spawn_file_actions_init(&files);
        posix_spawnattr_init(&attributes);
    }

    ~Actions() {
        posix_spawn_file_actions_destroy(&files);
        posix_spawnattr_destroy(&attributes);
    }

    Actions(const Actions &)             = delete;
    Actions & operator=(const Actions &) = delete;

    posix_spawn_file_actions_t files      = {};
    posix_spawnattr_t          attributes = {};
};

// Whether a program brings such a signal on itself.
bool is_fault(int signal) {
    return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL || signal == SIGABRT || signal == SIGTRAP;
}

Ending ending_of(int status) {
    if (WIFEXITED(status)) {
        return { Ending::By::exit, WEXITSTATUS(status), "" };
    }
    const int        signal = WTERMSIG(status);
    const char *     name   = strsignal(signal);
    const Ending::By by     = signal == SIGXCPU ? Ending::By::endless : is_fault(signal) ? Ending::By::fault : Ending::By::other;
    return { by, 0, "signal " + std::to_string(signal) + (name == nullptr ? "" : std::string(" (") + name + ")") };
}

}  // namespace

Pipe::Pipe() {
    std::array<int, 2> made = { -1, -1 };
    if (pipe2(made.data(), O_CLOEXEC) == 0) {
        ends = { made[0], made[1] };
    } else {
        error = std::strerror(errno);
    }
}

void Pipe::close_end(size_t end) {
    if (ends[end] != NOTHING) {
        close(static_cast<int>(ends[end]));
        ends[end] = NOTHING;
    }
}

int64_t Pipe::read_some(char * data, size_t size, int millis, const Child & /*writer*/) const {
    pollfd    ready = { static_cast<int>(ends[0]), POLLIN, 0 };
    const int found = ::poll(&ready, 1, millis);
    if (found == 0 || (found < 0 && errno == EINTR)) {
        return -1;
    }
    const ssize_t n = found < 0 ? 0 : read(ready.fd, data, size);
    return n < 0 && errno != EINTR ? 0 : n;
}

Child::State Child::look(bool patient, Ending & ending) {
    if (process == NOTHING) {
        return State::lost;
    }
    int status = 0;
    for (;;) {
        const pid_t done = waitpid(static_cast<pid_t>(process), &status, patient ? 0 : WNOHANG);
        if (done == 0) {
            return State::running;
        }
        if (done > 0 || errno != EINTR) {
            process = NOTHING;
            ending  = done > 0 ? ending_of(status) : ending;
            return done > 0 ? State::ended : State::lost;
        }
    }
}

void Child::end() const {
    if (process != NOTHING) {
        kill(static_cast<pid_t>(process), SIGKILL);
    }
}

std::string start_child(const std::vector<std::string> & list, int descriptor, const Pipe & output, Child & child) {
    Actions  actions;
    sigset_t all  = {};
    sigset_t none = {};
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&actions.attributes, &all);
    posix_spawnattr_setsigmask(&actions.attributes, &none);
    posix_spawnattr_setflags(&actions.attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_addopen(&actions.files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions.files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions.files, static_cast<int>(output.ends[1]), STDERR_FILENO);
    if (descriptor >= 0) {
        posix_spawn_file_actions_adddup2(&actions.files, descriptor, PROBE_FD);
    }
    std::vector<char *> argv;
    for (const std::string & argument : list) {
        argv.push_back(const_cast<char *>(argument.c_str()));
    }
    argv.push_back(nullptr);
    pid_t     pid   = 0;
    const int error = posix_spawn(&pid, argv[0], &actions.files, &actions.attributes, argv.data(), environ);
    if (error != 0) {
        return std::strerror(error);
    }
    child.process = pid;
    return "";
}

std::string program_file(const std::string & name) {
    return library_file(name);
}

std::string program_beside_library(const std::string & name) {
    const std::string library = loaded_file("tokapu", reinterpret_cast<const void *>(&tokapu_abi_version));
    const std::string path    = library.substr(0, library.rfind('/') + 1) + program_file(name);
    struct stat       status  = {};
    if (library.empty() || stat(path.c_str(), &status) != 0) {
        return "";
    }
    // Files that were extracted from a jar may not be executed yet.
    if (access(path.c_str(), X_OK) != 0 && chmod(path.c_str(), (status.st_mode & 07777U) | S_IXUSR) != 0) {
        return "";
    }
    return access(path.c_str(), X_OK) == 0 ? path : "";
}

}  // namespace tokapu
