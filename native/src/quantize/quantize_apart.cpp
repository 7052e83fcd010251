// The process that quantizes: started, listened to, ended.
#include "../probe/tokapu_probe.h"
#include "core/child_process.h"
#include "core/guard.h"
#include "quantize/quantize.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace tokapu {

namespace {

constexpr int    TICK_MILLIS = 100;
constexpr size_t MAX_LINE    = 64 * 1024;

// As tokapu_probe.c reads them.
std::vector<std::string> arguments(const std::string & program, const QuantizeJob & job) {
    std::vector<std::string> list = { program, "quantize", job.input, job.output, job.imatrix };
    for (const int64_t option : job.options) {
        list.push_back(std::to_string(option));
    }
    list.push_back(std::to_string(job.rules.size()));
    for (const QuantizeRule & rule : job.rules) {
        list.insert(list.end(), { rule.pattern, std::to_string(rule.type) });
    }
    list.push_back(std::to_string(job.overrides.size()));
    for (const llama_model_kv_override & item : job.overrides) {
        list.insert(list.end(), { item.key, std::to_string(item.tag), override_text(item) });
    }
    list.push_back(std::to_string(job.pruned.size()));
    for (const int32_t layer : job.pruned) {
        list.push_back(std::to_string(layer));
    }
    return list;
}

// What the process says, line by line: '#' and a line of llama.cpp's log, or the words of an error.
class Listener {
  public:
    explicit Listener(Progress & progress) : progress(progress) {}

    void take(const char * data, size_t size) {
        for (size_t i = 0; i < size; i++) {
            if (data[i] != '\n') {
                if (pending.size() < MAX_LINE) {
                    pending += data[i];
                }
                continue;
            }
            if (!pending.empty() && pending[0] == '#') {
                log(pending.substr(1));
            } else if (!pending.empty()) {
                message = pending;
            }
            pending.clear();
        }
    }

    // Whether to go on.
    bool tick() {
        if (progress.callback != nullptr && !progress.cancelled) {
            progress.cancelled = progress.callback(fraction, progress.user_data) == 0;
        }
        return !progress.cancelled;
    }

    std::string lines() const {
        std::string all = done;
        return tensor.empty() ? all : all + tensor + '\t' + type + '\n';
    }

    std::string tensor;
    std::string message;
    float       fraction = 0;

  private:
    // "[  12/ 272] blk.1.ffn_up.weight - [..], type = f32,", then "converting to q4_K .." or, of a dry run, "size = .. -> .. (q4_K)".
    void log(const std::string & line) {
        int          index = 0;
        int          count = 0;
        int          from  = 0;
        const size_t to    = line.rfind(" - [");
        const size_t key   = line.rfind("type =");
        if (std::sscanf(line.c_str(), "[%d/%d] %n", &index, &count, &from) == 2 && to != std::string::npos &&
            key != std::string::npos && from > 0 && static_cast<size_t>(from) < to) {
            done     = lines();
            tensor   = trimmed(line.substr(static_cast<size_t>(from), to - static_cast<size_t>(from)));
            type     = trimmed(line.substr(key + std::strlen("type ="), line.rfind(',') - key - std::strlen("type =")));
            fraction = count > 0 ? static_cast<float>(index - 1) / static_cast<float>(count) : 0;
        } else if (line.rfind("converting to ", 0) == 0) {
            const size_t begin = std::strlen("converting to ");
            type               = line.substr(begin, line.find(' ', begin) - begin);
        } else if (line.rfind("size =", 0) == 0 && line.back() == ')') {
            const size_t begin = line.rfind('(') + 1;
            type               = line.substr(begin, line.size() - 1 - begin);
        }
    }

    static std::string trimmed(const std::string & text) {
        const size_t from = text.find_first_not_of(' ');
        return from == std::string::npos ? "" : text.substr(from, text.find_last_not_of(' ') + 1 - from);
    }

    Progress &  progress;
    std::string pending;
    std::string done;
    std::string type;
};

// Until the process closes its end, or is told to stop.
void listen(const Pipe & output, const Child & child, Listener & listener) {
    std::array<char, 4096> buffer;
    bool                   going = true;
    for (;;) {
        pollfd    ready = { output.ends[0], POLLIN, 0 };
        const int found = ::poll(&ready, 1, TICK_MILLIS);
        if (found > 0) {
            const ssize_t n = read(output.ends[0], buffer.data(), buffer.size());
            if (n == 0 || (n < 0 && errno != EINTR)) {
                return;
            }
            listener.take(buffer.data(), n > 0 ? static_cast<size_t>(n) : 0);
        } else if (found < 0 && errno != EINTR) {
            return;
        }
        if (going && !listener.tick()) {
            going = false;
            child.end();
        }
    }
}

[[noreturn]] void refuse(const QuantizeJob & job, const Listener & listener, int status) {
    const char * file  = job.input.c_str();
    const bool   known = !listener.message.empty();
    if (WIFEXITED(status)) {
        const int kind = WEXITSTATUS(status) == PROBE_MEMORY ? TOKAPU_ERROR_MEMORY : TOKAPU_ERROR_MODEL;
        fail(kind, "%s", known ? listener.message.c_str() : (job.input + " cannot be quantized").c_str());
    }
    const std::string where = listener.tensor.empty() ? "" : " at tensor " + listener.tensor;
    const std::string by    = signal_name(WTERMSIG(status));
    if (!is_fault(WTERMSIG(status))) {
        fail(TOKAPU_ERROR_MEMORY, "the process that quantizes %s was ended by %s%s; is there enough memory?", file, by.c_str(),
             where.c_str());
    }
    fail(TOKAPU_ERROR_MODEL, "%s cannot be quantized so: llama.cpp ended its process by %s%s%s%s", file, by.c_str(),
         where.c_str(), known ? ": " : "", listener.message.c_str());
}

}  // namespace

std::string quantize_apart(const QuantizeJob & job, Progress & progress) {
    const std::string program = child_program();
    Pipe              output;
    if (program.empty() || !output.open) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "quantizing takes a process of its own, and none can be started: %s",
             program.empty() ? "libtokapu-probe.so is not beside the libraries, or cannot be executed" : std::strerror(errno));
    }
    Child     child;
    const int error = start_child(arguments(program, job), -1, output, child);
    if (error != 0) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "quantizing takes a process of its own, and none can be started: %s", std::strerror(error));
    }
    output.close_end(1);
    Listener listener(progress);
    listen(output, child, listener);
    int status = 0;
    while (child.wait(&status, 0) < 0) {
        if (errno != EINTR) {
            fail(TOKAPU_ERROR_UNSUPPORTED, "the end of the process that quantizes cannot be waited for: %s", std::strerror(errno));
        }
    }
    if (progress.cancelled) {
        fail(TOKAPU_ERROR_CANCELLED, "quantizing %s was cancelled", job.input.c_str());
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != PROBE_SOUND) {
        refuse(job, listener, status);
    }
    listener.fraction = 1;
    listener.tick();
    return listener.lines();
}

}  // namespace tokapu
