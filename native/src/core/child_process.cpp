#include "core/child_process.h"

#include "../probe/tokapu_probe.h"
#include "tokapu.h"

#include <dlfcn.h>
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

// The path of the program; empty where there is none that can be started.
std::string probe_program() {
    Dl_info info = {};
    if (dladdr(reinterpret_cast<void *>(&tokapu_abi_version), &info) == 0 || info.dli_fname == nullptr) {
        return "";
    }
    const std::string library = info.dli_fname;
    const std::string path    = library.substr(0, library.rfind('/') + 1) + "libtokapu-probe.so";
    struct stat       status  = {};
    if (stat(path.c_str(), &status) != 0) {
        return "";
    }
    // Files that were extracted from a jar may not be executed yet.
    if (access(path.c_str(), X_OK) != 0 && chmod(path.c_str(), (status.st_mode & 07777U) | S_IXUSR) != 0) {
        return "";
    }
    return access(path.c_str(), X_OK) == 0 ? path : "";
}

}  // namespace

Pipe::Pipe() {
    error = pipe2(ends.data(), O_CLOEXEC) == 0 ? 0 : errno;
}

Pipe::~Pipe() {
    close_end(0);
    close_end(1);
}

void Pipe::close_end(size_t end) {
    if (ends[end] >= 0) {
        close(ends[end]);
        ends[end] = -1;
    }
}

ssize_t Pipe::read_some(char * data, size_t size, int millis) const {
    pollfd    ready = { ends[0], POLLIN, 0 };
    const int found = ::poll(&ready, 1, millis);
    if (found == 0 || (found < 0 && errno == EINTR)) {
        return -1;
    }
    const ssize_t n = found < 0 ? 0 : read(ends[0], data, size);
    return n < 0 && errno != EINTR ? 0 : n;
}

Child::~Child() {
    end();
    int status = 0;
    while (pid > 0) {
        wait(&status, 0);
    }
}

pid_t Child::wait(int * status, int flags) {
    const pid_t done = waitpid(pid, status, flags);
    if (done == pid || (done < 0 && errno != EINTR)) {
        pid = 0;
    }
    return done;
}

void Child::end() const {
    if (pid > 0) {
        kill(pid, SIGKILL);
    }
}

int start_child(const std::vector<std::string> & list, int fd, const Pipe & output, Child & child) {
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
    posix_spawn_file_actions_adddup2(&actions.files, output.ends[1], STDERR_FILENO);
    if (fd >= 0) {
        posix_spawn_file_actions_adddup2(&actions.files, fd, PROBE_FD);
    }
    std::vector<char *> argv;
    for (const std::string & argument : list) {
        argv.push_back(const_cast<char *>(argument.c_str()));
    }
    argv.push_back(nullptr);
    const int error = posix_spawn(&child.pid, argv[0], &actions.files, &actions.attributes, argv.data(), environ);
    if (error != 0) {
        child.pid = 0;  // posix_spawn may have changed it
    }
    return error;
}

std::string start_probe(std::vector<std::string> arguments, int fd, Pipe & output, Child & child) {
    const std::string program = probe_program();
    if (program.empty()) {
        return "libtokapu-probe.so is not beside the libraries, or cannot be executed";
    }
    arguments.insert(arguments.begin(), program);
    const int error = output.error != 0 ? output.error : start_child(arguments, fd, output, child);
    if (error != 0) {
        return std::strerror(error);
    }
    output.close_end(1);
    return "";
}

std::string signal_name(int number) {
    const char * name = strsignal(number);
    return "signal " + std::to_string(number) + (name == nullptr ? "" : std::string(" (") + name + ")");
}

bool is_fault(int number) {
    return number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL || number == SIGABRT || number == SIGTRAP;
}

}  // namespace tokapu
