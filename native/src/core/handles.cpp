#include "core/handles.h"

#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace tokapu {

namespace {

struct Table {
    std::shared_mutex                                    mutex;
    std::unordered_map<int64_t, std::shared_ptr<Object>> objects;
    int64_t                                              next = 1;
};

Table & table() {
    static auto * instance = new Table();  // never destroyed: handles may be in use while the process ends
    return *instance;
}

[[noreturn]] void fail_handle(int64_t handle, Kind kind) {
    fail(TOKAPU_ERROR_HANDLE, "handle %lld is not a live %s: it was freed, is of another kind or was never given",
         static_cast<long long>(handle), kind_name(kind));
}

}  // namespace

const char * kind_name(Kind kind) {
    switch (kind) {
        case Kind::model:
            return "model";
        case Kind::context:
            return "context";
        case Kind::sampler:
            return "sampler";
        case Kind::chat_template:
            return "chat template";
        case Kind::placement:
            return "placement";
        case Kind::state:
            return "state";
        case Kind::state_copy:
            return "state copy";
        case Kind::adapter:
            return "adapter";
        case Kind::answer_parser:
            return "answer parser";
    }
    return "object";
}

int64_t put_handle(std::shared_ptr<Object> object) {
    Table &                                   handles = table();
    const std::unique_lock<std::shared_mutex> lock(handles.mutex);
    const int64_t                             handle = handles.next++;
    handles.objects.emplace(handle, std::move(object));
    return handle;
}

std::shared_ptr<Object> find_handle(int64_t handle, Kind kind) {
    Table & handles = table();
    {
        const std::shared_lock<std::shared_mutex> lock(handles.mutex);
        const auto                                found = handles.objects.find(handle);
        if (found != handles.objects.end() && found->second->kind == kind) {
            return found->second;
        }
    }
    fail_handle(handle, kind);
}

std::shared_ptr<Object> take_handle(int64_t handle, Kind kind) {
    Table & handles = table();
    {
        const std::unique_lock<std::shared_mutex> lock(handles.mutex);
        const auto                                found = handles.objects.find(handle);
        if (found != handles.objects.end() && found->second->kind == kind) {
            std::shared_ptr<Object> object = std::move(found->second);
            handles.objects.erase(found);
            return object;
        }
    }
    fail_handle(handle, kind);
}

int64_t count_handles() {
    Table &                                   handles = table();
    const std::shared_lock<std::shared_mutex> lock(handles.mutex);
    return static_cast<int64_t>(handles.objects.size());
}

void fail_poisoned(Kind kind) {
    fail(TOKAPU_ERROR_POISONED, "this %s is unusable since a native assertion failed in it; free it and make a new one",
         kind_name(kind));
}

void fail_busy(Kind kind) {
    fail(TOKAPU_ERROR_BUSY, "another thread is inside this %s; a %s serves one thread at a time", kind_name(kind),
         kind_name(kind));
}

}  // namespace tokapu

extern "C" int32_t tokapu_live_handles(int64_t * n) {
    return tokapu::guarded([&] {
        if (n == nullptr) {
            tokapu::fail(TOKAPU_ERROR_ARGUMENT, "n is NULL");
        }
        *n = tokapu::count_handles();
        return TOKAPU_OK;
    });
}
