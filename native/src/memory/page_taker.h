// A thread that takes the pages of new states from the system before they are written.
#pragma once

#include "memory/state_memory.h"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace tokapu {

// The first write to a page waits until the system has found it: where a state is filled in parts while answers wait, that is most of the
// time.
class PageTaker {
  public:
    PageTaker() = default;
    ~PageTaker();
    PageTaker(const PageTaker &)             = delete;
    PageTaker & operator=(const PageTaker &) = delete;

    // Takes the pages of a memory on the thread, which the first call starts; without one they are taken when they are written.
    void take(std::shared_ptr<StateMemory> memory) noexcept;

  private:
    void run();

    std::mutex                               lock;
    std::condition_variable                  changed;
    std::deque<std::shared_ptr<StateMemory>> waiting;
    bool                                     ends = false;
    std::thread                              thread;
};

}  // namespace tokapu
