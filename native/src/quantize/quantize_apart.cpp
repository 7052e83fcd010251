// The process that quantizes: started, listened to, ended.
#include "../probe/tokapu_probe.h"
#include "core/child_process.h"
#include "core/guard.h"
#include "quantize/quantize.h"

#include <array>
#include <cstdio>
#include <cstring>

namespace tokapu {

namespace {

constexpr int    TICK_MILLIS = 100;
constexpr size_t MAX_LINE    = 64 * 1024;

// As tokapu_probe.c reads them.
std::vector<std::string> arguments(const QuantizeJob & job) {
    std::vector<std::string> list = { "quantize", job.input, job.output, job.imatrix };
    for (const int64_t option : job.options) {
        list.push_back(std::to_string(option));
    }
    list.push_back(std::to_string(job.rules.size()));
    for (const QuantizeRule & rule : job.rules) {
        list.insert(list.end(), { rule.pattern, std::to_string(rule.type) });
    }
    add_overrides(list, job.overrides);
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
    bool tick() { return on_progress(fraction, &progress); }

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
        const int64_t n = output.read_some(buffer.data(), buffer.size(), TICK_MILLIS, child);
        if (n == 0) {
            return;
        }
        listener.take(buffer.data(), n > 0 ? static_cast<size_t>(n) : 0);
        if (going && !listener.tick()) {
            going = false;
            child.end();
        }
    }
}

[[noreturn]] void refuse(const QuantizeJob & job, const Listener & listener, const Ending & ending) {
    const char * file  = job.input.c_str();
    const bool   known = !listener.message.empty();
    if (ending.by == Ending::By::exit) {
        const int kind = ending.status == PROBE_MEMORY ? TOKAPU_ERROR_MEMORY : TOKAPU_ERROR_MODEL;
        fail(kind, "%s", known ? listener.message.c_str() : (job.input + " cannot be quantized").c_str());
    }
    const std::string where = listener.tensor.empty() ? "" : " at tensor " + listener.tensor;
    if (ending.by != Ending::By::fault) {
        fail(TOKAPU_ERROR_MEMORY, "the process that quantizes %s was ended by %s%s; is there enough memory?", file,
             ending.cause.c_str(), where.c_str());
    }
    fail(TOKAPU_ERROR_MODEL, "%s cannot be quantized so: llama.cpp ended its process by %s%s%s%s", file, ending.cause.c_str(),
         where.c_str(), known ? ": " : "", listener.message.c_str());
}

}  // namespace

std::string quantize_apart(const QuantizeJob & job, Progress & progress) {
    Pipe              output;
    Child             child;
    const std::string obstacle = start_probe(arguments(job), -1, output, child);
    if (!obstacle.empty()) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "quantizing takes a process of its own, and none can be started: %s", obstacle.c_str());
    }
    Listener listener(progress);
    listen(output, child, listener);
    Ending ending;
    if (child.wait(ending) != Child::State::ended) {
        fail(TOKAPU_ERROR_UNSUPPORTED,
             "the end of the process that quantizes cannot be waited for: something in this process waits for all children");
    }
    if (progress.cancelled) {
        fail(TOKAPU_ERROR_CANCELLED, "quantizing %s was cancelled", job.input.c_str());
    }
    if (ending.by != Ending::By::exit || ending.status != PROBE_SOUND) {
        refuse(job, listener, ending);
    }
    listener.fraction = 1;
    listener.tick();
    return listener.lines();
}

}  // namespace tokapu
