#include "core/child_process.h"

namespace tokapu {

std::string start_probe(std::vector<std::string> arguments, int descriptor, Pipe & output, Child & child) {
    const std::string name    = "tokapu-probe";
    const std::string program = program_beside_library(name);
    if (program.empty()) {
        return program_file(name) + " is not beside the libraries, or cannot be executed";
    }
    arguments.insert(arguments.begin(), program);
    const std::string obstacle = output.error.empty() ? start_child(arguments, descriptor, output, child) : output.error;
    if (obstacle.empty()) {
        output.close_end(1);
    }
    return obstacle;
}

}  // namespace tokapu
