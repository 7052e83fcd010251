// The program beside this library, tokapu-probe, started for work that may end a process.
#pragma once

#include "platform/process.h"

#include <string>
#include <vector>

namespace tokapu {

// Starts it with these arguments, and leaves it the end of the pipe that it writes to. Answers why it could not be started, nothing
// when it was.
std::string start_probe(std::vector<std::string> arguments, int descriptor, Pipe & output, Child & child);

}  // namespace tokapu
