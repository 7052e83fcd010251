#include "core/log.h"

#include "core/guard.h"
#include "ggml.h"
#include "llama.h"
#include "tokapu.h"

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <vector>

// From common/log.h, whose file name is the same as ours.
void common_log_set_verbosity_thold(int verbosity);

namespace tokapu {

namespace {

constexpr size_t MAX_KEPT_LINES = 4;
constexpr size_t MAX_KEPT_BYTES = 400;

struct ThreadLog {
    std::string              pending;  // the beginning of a line whose end has not come yet
    int32_t                  pending_level = TOKAPU_LOG_INFO;
    std::vector<std::string> errors;
    std::vector<std::string> warnings;
};

thread_local ThreadLog t_log;

struct Sink {
    tokapu_log_callback callback;
    int32_t             min_level;
    int64_t             generation;  // raised by each log_set(): a callback that was set again is not taken out
};

struct Sinks {
    std::shared_mutex mutex;  // held shared while callbacks run: after log_set() what was set before is not in use
    std::vector<Sink> list;
    int64_t           generation = 0;
};

Sinks & sinks() {
    static auto * instance = new Sinks();  // never destroyed: threads may log while the process ends
    return *instance;
}

template <class F> void take_out(Sinks & from, F && which) {
    from.list.erase(std::remove_if(from.list.begin(), from.list.end(), which), from.list.end());
}

// "llama_model_load: error loading model: ..." -> "error loading model: ..."
std::string without_function_name(const std::string & line) {
    const size_t colon = line.find(": ");
    if (colon == std::string::npos || colon == 0 || colon + 2 >= line.size()) {
        return line;
    }
    const auto is_name = [](char c) { return c == '_' || c == '~' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); };
    return std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), is_name) ? line.substr(colon + 2)
                                                                                                 : line;
}

void keep(std::vector<std::string> & lines, const std::string & line) {
    if (guard_depth() == 0 || lines.size() >= MAX_KEPT_LINES) {
        return;
    }
    std::string text = without_function_name(line).substr(0, MAX_KEPT_BYTES);
    const bool  ruler = text.find_first_not_of("= ") == std::string::npos;
    if (!ruler && std::find(lines.begin(), lines.end(), text) == lines.end()) {
        lines.push_back(std::move(text));
    }
}

void deliver(int32_t level, std::string line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) {
        line.pop_back();
    }
    if (line.empty()) {
        return;
    }
    if (level == TOKAPU_LOG_ERROR) {
        keep(t_log.errors, line);
    } else if (level == TOKAPU_LOG_WARN) {
        keep(t_log.warnings, line);
    }
    Sinks &              target = sinks();
    std::vector<int64_t> leaving;
    {
        const std::shared_lock<std::shared_mutex> lock(target.mutex);
        for (const Sink & sink : target.list) {
            if (level >= sink.min_level && sink.callback(level, line.c_str()) == 0) {
                leaving.push_back(sink.generation);
            }
        }
    }
    for (const int64_t generation : leaving) {
        const std::unique_lock<std::shared_mutex> lock(target.mutex);
        take_out(target, [&](const Sink & sink) { return sink.generation == generation; });
    }
}

void flush_pending() {
    if (!t_log.pending.empty()) {
        std::string line = std::move(t_log.pending);
        t_log.pending.clear();
        deliver(t_log.pending_level, std::move(line));
    }
}

void on_log(ggml_log_level level, const char * text, void * /*user_data*/) {
    try {
        if (level != GGML_LOG_LEVEL_CONT) {
            flush_pending();
            t_log.pending_level = level == GGML_LOG_LEVEL_NONE ? static_cast<int32_t>(TOKAPU_LOG_INFO) : level;
        }
        const char * begin = text;
        for (const char * c = text; *c != '\0'; c++) {
            if (*c == '\n') {
                t_log.pending.append(begin, c);
                flush_pending();
                begin = c + 1;
            }
        }
        t_log.pending.append(begin);
    } catch (...) {
        t_log.pending.clear();
    }
}

[[maybe_unused]] const bool installed = [] {
    llama_log_set(on_log, nullptr);  // sets ggml's callback as well
    common_log_set_verbosity_thold(-1);  // libllama-common has its own log, which would print
    return true;
}();

}  // namespace

void log_line(int32_t level, const std::string & text) noexcept {
    try {
        flush_pending();
        deliver(level, text);
    } catch (...) {
        t_log.pending.clear();
    }
}

void log_begin_call() noexcept {
    t_log.errors.clear();
    t_log.warnings.clear();
}

void log_end_call() noexcept {
    try {
        flush_pending();
    } catch (...) {
        t_log.pending.clear();
    }
}

std::string log_explanation() {
    flush_pending();
    const std::vector<std::string> & lines = t_log.errors.empty() ? t_log.warnings : t_log.errors;
    std::string                      text;
    for (const std::string & line : lines) {
        text += (text.empty() ? "" : "; ") + line;
    }
    return text;
}

int32_t memory_status(int32_t otherwise) {
    static const char * const words[] = { "failed to allocate", "unable to allocate", "out of memory", "insufficient memory",
                                          "std::bad_alloc" };
    flush_pending();
    for (const std::string & line : t_log.errors) {
        for (const char * word : words) {
            if (line.find(word) != std::string::npos) {
                return TOKAPU_ERROR_MEMORY;
            }
        }
    }
    return otherwise;
}

}  // namespace tokapu

extern "C" int32_t tokapu_log_set(tokapu_log_callback callback, int32_t min_level) {
    return tokapu::guarded([&] {
        if (min_level < TOKAPU_LOG_DEBUG || min_level > TOKAPU_LOG_ERROR) {
            tokapu::fail(TOKAPU_ERROR_ARGUMENT, "log level %d is not one of 1 (debug) to 4 (error)", min_level);
        }
        tokapu::Sinks &                           target = tokapu::sinks();
        const std::unique_lock<std::shared_mutex> lock(target.mutex);
        tokapu::take_out(target, [&](const tokapu::Sink & sink) { return callback == nullptr || sink.callback == callback; });
        if (callback != nullptr) {
            target.list.push_back({ callback, min_level, ++target.generation });
        }
        return TOKAPU_OK;
    });
}
