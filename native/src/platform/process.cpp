#include "platform/process.h"

namespace tokapu {

Pipe::~Pipe() {
    close_end(0);
    close_end(1);
}

Child::~Child() {
    end();
    Ending ending;
    wait(ending);
}

Child::State Child::poll(Ending & ending) {
    return look(false, ending);
}

Child::State Child::wait(Ending & ending) {
    return look(true, ending);
}

}  // namespace tokapu
