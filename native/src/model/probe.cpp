#include "model/probe.h"

#include "../probe/tokapu_probe.h"
#include "backend/backend.h"
#include "core/child_process.h"
#include "core/guard.h"

#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <thread>

namespace tokapu {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto    PATIENCE   = std::chrono::seconds(120);  // the process limits its own computing; this is for a stuck disk
constexpr int64_t SLOWEST    = 10 << 20;                   // bytes that are read in a second at least
constexpr size_t  MAX_OUTPUT = 64 * 1024;

// How the process ended, and what it wrote.
struct Ending {
    bool        known   = false;  // false: it could not be waited for
    bool        late    = false;
    int         status  = 0;
    std::string stage   = "starting";
    std::string message;
};

std::vector<std::string> arguments(const char * mode, const ModelLoad & load, const Probed & probed) {
    const auto [directory, variant] = backend_files();
    std::vector<std::string> list   = { mode, directory, variant, std::to_string(probed.offset), std::to_string(probed.size) };
    add_overrides(list, load.overrides);
    list.insert(list.end(), probed.paths.begin(), probed.paths.end());
    return list;
}

// Reads until the process closes its end or time is up.
std::string read_all(const Pipe & output, Clock::time_point end) {
    std::string           text;
    std::array<char, 4096> buffer;
    for (;;) {
        const auto    left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
        const ssize_t n    = left <= 0 ? 0 : output.read_some(buffer.data(), buffer.size(), static_cast<int>(left));
        if (n == 0) {
            return text;
        }
        if (n > 0 && text.size() < MAX_OUTPUT) {
            text.append(buffer.data(), static_cast<size_t>(n));
        }
    }
}

Ending wait_for(Child & child, Clock::time_point end) {
    Ending ending;
    for (;;) {
        const pid_t done = child.wait(&ending.status, ending.late ? 0 : WNOHANG);
        if (done > 0) {
            ending.known = true;
            return ending;
        }
        if (done < 0 && errno != EINTR) {
            return ending;  // somebody else waits for all children of this process
        }
        if (done == 0 && Clock::now() >= end) {
            child.end();
            ending.late = true;
        } else if (done == 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
}

// The last stage, and the last lines that are none.
void interpret(const std::string & output, Ending & ending) {
    constexpr size_t most = 400;
    for (size_t from = 0; from < output.size();) {
        const size_t      to   = std::min(output.find('\n', from), output.size());
        const std::string line = output.substr(from, to - from);
        from                   = to + 1;
        if (line.empty()) {
            continue;
        }
        if (line[0] == '@') {
            ending.stage = line.substr(1);
        } else {
            ending.message = line.substr(0, most);
        }
    }
}

void skip(const std::string & name, const std::string & reason) {
    log_line(TOKAPU_LOG_INFO, "model " + name + " was not tried in another process: " + reason);
}

[[noreturn]] void refuse(const std::string & name, const Ending & ending, const std::string & how) {
    fail(TOKAPU_ERROR_MODEL, "cannot load model %s: llama.cpp %s while %s, in a process where the file was tried first%s%s",
         name.c_str(), how.c_str(), ending.stage.c_str(), ending.message.empty() ? "" : ": ", ending.message.c_str());
}

// Runs the program; nothing where it cannot be started.
std::optional<Ending> run(const char * mode, const ModelLoad & load, const Probed & probed, const std::string & name,
                          std::chrono::seconds patience) {
    Pipe              output;
    Child             child;
    const std::string obstacle = start_probe(arguments(mode, load, probed), probed.fd, output, child);
    if (!obstacle.empty()) {
        skip(name, obstacle);
        return std::nullopt;
    }
    const auto        end    = Clock::now() + patience;
    const std::string text   = read_all(output, end);
    Ending            ending = wait_for(child, end);
    interpret(text, ending);
    return ending;
}

// Whether the file is sound, as far as that process came.
bool judge(const std::string & name, const Ending & ending) {
    if (!ending.known || ending.late) {
        skip(name, ending.late ? "it took too long" : "its end could not be waited for");
    } else if (WIFEXITED(ending.status)) {
        if (WEXITSTATUS(ending.status) == PROBE_ASSERTED) {
            refuse(name, ending, "failed an assertion");
        } else if (WEXITSTATUS(ending.status) == PROBE_MEMORY) {
            refuse(name, ending, "took more memory than a context of 256 tokens may need");
        } else if (WEXITSTATUS(ending.status) != PROBE_SOUND) {
            skip(name, "it ended with status " + std::to_string(WEXITSTATUS(ending.status)) + ", " + ending.message);
        }
    } else if (WTERMSIG(ending.status) == SIGXCPU) {
        refuse(name, ending, "came to no end");
    } else if (is_fault(WTERMSIG(ending.status))) {
        refuse(name, ending, "ended the process by " + signal_name(WTERMSIG(ending.status)));
    } else {
        skip(name, "it was ended by " + signal_name(WTERMSIG(ending.status)));  // somebody else sent it
    }
    return ending.known && !ending.late && WIFEXITED(ending.status) && WEXITSTATUS(ending.status) == PROBE_SOUND;
}

}  // namespace

bool probe(const ModelLoad & load, const Probed & probed, const std::string & name) {
    const auto ending = run(load.probe == TOKAPU_PROBE_COMPUTE ? "compute" : "plan", load, probed, name, PATIENCE);
    return ending && judge(name, *ending);
}

bool check_tensors_apart(const ModelLoad & load, const Probed & probed, const std::string & name) {
    const auto ending = run("check", load, probed, name, PATIENCE + std::chrono::seconds(probed.size / SLOWEST));
    if (!ending || !ending->known || ending->late || !WIFEXITED(ending->status)) {
        return false;
    }
    if (WEXITSTATUS(ending->status) == PROBE_REFUSED) {
        fail(TOKAPU_ERROR_MODEL, "%s", ending->message.c_str());
    }
    return WEXITSTATUS(ending->status) == PROBE_SOUND;
}

}  // namespace tokapu
