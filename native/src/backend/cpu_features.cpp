#include "backend/cpu_features.h"

namespace tokapu {

std::string cpu_variant_obstacle(const std::string & variant) {
    for (const CpuObstacle & obstacle : cpu_obstacles()) {
        if (variant == obstacle.variant) {
            return obstacle.reason;
        }
    }
    return {};
}

std::string best_cpu_variant() {
    std::string best;
    for (const CpuObstacle & obstacle : cpu_obstacles()) {
        if (obstacle.reason.empty()) {
            best = obstacle.variant;
        }
    }
    return best;
}

}  // namespace tokapu
