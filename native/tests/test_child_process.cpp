// A process that was started is ended and waited for when an exception passes its owner.
#include "core/child_process.h"

#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <stdexcept>

namespace {

int failures = 0;

void check(bool sound, const char * what) {
    if (!sound) {
        std::printf("failed: %s\n", what);
        failures++;
    }
}

bool gone(pid_t pid) {
    errno = 0;
    return kill(pid, 0) < 0 && errno == ESRCH;
}

void an_exception_ends_the_process() {
    pid_t pid = 0;
    try {
        tokapu::Pipe  output;
        tokapu::Child child;
        check(tokapu::start_child({ "/bin/sleep", "600" }, -1, output, child) == 0, "the process starts");
        pid = child.pid;
        check(pid > 0 && !gone(pid), "the process runs");
        throw std::runtime_error("as from a callback");
    } catch (const std::runtime_error &) {
        check(gone(pid), "the process is ended and waited for");
    }
}

void a_process_that_ended_is_left_alone() {
    tokapu::Pipe  output;
    tokapu::Child child;
    check(tokapu::start_child({ "/bin/sleep", "0" }, -1, output, child) == 0, "the process starts");
    int status = -1;
    check(child.wait(&status, 0) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0, "the process ends with 0");
    check(child.pid == 0, "its number is forgotten, another process may get it");
}

void a_program_that_is_missing_leaves_nothing() {
    tokapu::Pipe  output;
    tokapu::Child child;
    check(tokapu::start_child({ "/nonexistent" }, -1, output, child) == ENOENT, "the error is that of the system");
    check(child.pid == 0, "there is no process");
}

}  // namespace

int main() {
    an_exception_ends_the_process();
    a_process_that_ended_is_left_alone();
    a_program_that_is_missing_leaves_nothing();
    return failures == 0 ? 0 : 1;
}
