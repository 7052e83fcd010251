#include "model/probe.h"

#include "../probe/tokapu_probe.h"
#include "backend/backend.h"
#include "core/child_process.h"
#include "core/guard.h"

#include <array>
#include <chrono>
#include <optional>
#include <thread>

namespace tokapu {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto    PATIENCE   = std::chrono::seconds(120);  // the process limits its own computing; this is for a stuck disk
constexpr int64_t SLOWEST    = 10 << 20;                   // bytes that are read in a second at least
constexpr size_t  MAX_OUTPUT = 64 * 1024;

// How the process ended, and what it wrote.
struct Trial {
    bool        known = false;  // false: it could not be waited for
    bool        late  = false;
    Ending      ending;
    std::string stage = "starting";
    std::string message;

    bool exited_with(int status) const { return known && !late && ending.by == Ending::By::exit && ending.status == status; }
};

std::vector<std::string> arguments(const char * mode, const ModelLoad & load, const Probed & probed) {
    const auto [directory, variant] = backend_files();
    std::vector<std::string> list   = {
        mode, directory, variant, std::to_string(probed.offset), std::to_string(probed.size), load.params.load_mtp ? "1" : "0",
    };
    add_overrides(list, load.overrides);
    list.insert(list.end(), probed.paths.begin(), probed.paths.end());
    return list;
}

// Reads until the process closes its end or time is up.
std::string read_all(const Pipe & output, const Child & child, Clock::time_point end) {
    std::string           text;
    std::array<char, 4096> buffer;
    for (;;) {
        const auto    left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
        const int64_t n    = left <= 0 ? 0 : output.read_some(buffer.data(), buffer.size(), static_cast<int>(left), child);
        if (n == 0) {
            return text;
        }
        if (n > 0 && text.size() < MAX_OUTPUT) {
            text.append(buffer.data(), static_cast<size_t>(n));
        }
    }
}

Trial wait_for(Child & child, Clock::time_point end) {
    Trial        trial;
    Child::State state = child.poll(trial.ending);
    while (state == Child::State::running) {
        if (Clock::now() >= end) {
            child.end();
            trial.late = true;
            state      = child.wait(trial.ending);
        } else {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            state = child.poll(trial.ending);
        }
    }
    trial.known = state == Child::State::ended;
    return trial;
}

// The last stage, and the last lines that are none.
void interpret(const std::string & output, Trial & trial) {
    constexpr size_t most = 400;
    for (size_t from = 0; from < output.size();) {
        const size_t      to   = std::min(output.find('\n', from), output.size());
        const std::string line = output.substr(from, to - from);
        from                   = to + 1;
        if (line.empty()) {
            continue;
        }
        if (line[0] == '@') {
            trial.stage = line.substr(1);
        } else {
            trial.message = line.substr(0, most);
        }
    }
}

void skip(const std::string & name, const std::string & reason) {
    log_line(TOKAPU_LOG_INFO, "model " + name + " was not tried in another process: " + reason);
}

[[noreturn]] void refuse(const std::string & name, const Trial & trial, const std::string & how) {
    fail(TOKAPU_ERROR_MODEL, "cannot load model %s: llama.cpp %s while %s, in a process where the file was tried first%s%s",
         name.c_str(), how.c_str(), trial.stage.c_str(), trial.message.empty() ? "" : ": ", trial.message.c_str());
}

// Runs the program; nothing where it cannot be started.
std::optional<Trial> run(const char * mode, const ModelLoad & load, const Probed & probed, const std::string & name,
                         std::chrono::seconds patience) {
    Pipe              output;
    Child             child;
    const std::string obstacle = start_probe(arguments(mode, load, probed), probed.fd, output, child);
    if (!obstacle.empty()) {
        skip(name, obstacle);
        return std::nullopt;
    }
    const auto        end   = Clock::now() + patience;
    const std::string text  = read_all(output, child, end);
    Trial             trial = wait_for(child, end);
    interpret(text, trial);
    return trial;
}

// Whether the file is sound, as far as that process came.
bool judge(const std::string & name, const Trial & trial) {
    const Ending & ending = trial.ending;
    if (!trial.known || trial.late) {
        skip(name, trial.late ? "it took too long" : "its end could not be waited for");
    } else if (ending.by == Ending::By::exit) {
        if (ending.status == PROBE_ASSERTED) {
            refuse(name, trial, "failed an assertion");
        } else if (ending.status == PROBE_MEMORY) {
            refuse(name, trial, "took more memory than a context of 256 tokens may need");
        } else if (ending.status != PROBE_SOUND) {
            skip(name, "it ended with status " + std::to_string(ending.status) + ", " + trial.message);
        }
    } else if (ending.by == Ending::By::endless) {
        refuse(name, trial, "came to no end");
    } else if (ending.by == Ending::By::fault) {
        refuse(name, trial, "ended the process by " + ending.cause);
    } else {
        skip(name, "it was ended by " + ending.cause);
    }
    return trial.exited_with(PROBE_SOUND);
}

}  // namespace

bool probe(const ModelLoad & load, const Probed & probed, const std::string & name) {
    const auto trial = run(load.probe == TOKAPU_PROBE_COMPUTE ? "compute" : "plan", load, probed, name, PATIENCE);
    return trial && judge(name, *trial);
}

bool check_tensors_apart(const ModelLoad & load, const Probed & probed, const std::string & name) {
    const auto trial = run("check", load, probed, name, PATIENCE + std::chrono::seconds(probed.size / SLOWEST));
    if (trial && trial->exited_with(PROBE_REFUSED)) {
        fail(TOKAPU_ERROR_MODEL, "%s", trial->message.c_str());
    }
    return trial && trial->exited_with(PROBE_SOUND);
}

}  // namespace tokapu
