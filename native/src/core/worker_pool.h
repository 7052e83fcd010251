// A few threads that share the items of one job with the thread that asks for it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace tokapu {

class WorkerPool {
  public:
    // Fewer threads are made when the system gives no more of them.
    explicit WorkerPool(int32_t n_workers);
    ~WorkerPool();
    WorkerPool(const WorkerPool &)             = delete;
    WorkerPool & operator=(const WorkerPool &) = delete;

    int32_t asked_for() const { return wanted; }

    // Calls body(0) .. body(n - 1), each once, on these threads and the caller's; returns when all have returned. The body must
    // not throw. One caller at a time.
    template <class F> void run(int32_t n, const F & body) {
        run(n, [](const void * f, int32_t item) { (*static_cast<const F *>(f))(item); }, &body);
    }

  private:
    using Body = void (*)(const void *, int32_t);

    void run(int32_t n, Body body, const void * argument);
    void work();
    void take_items();

    const int32_t            wanted;
    std::mutex               lock;
    std::condition_variable  started;
    std::condition_variable  done;
    uint64_t                 job    = 0;  // number of the last one
    bool                     open   = false;  // threads may still join it
    int32_t                  inside = 0;  // threads that did
    bool                     ending = false;
    Body                     body     = nullptr;
    const void *             argument = nullptr;
    int32_t                  n_items  = 0;
    std::atomic<int32_t>     next{ 0 };
    std::vector<std::thread> threads;
};

}  // namespace tokapu
