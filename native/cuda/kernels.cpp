#include "kernels.h"

#include "ampere.h"
#include "hopper.h"

namespace tokapu::cuda {

Kernels kernels_for([[maybe_unused]] int major, [[maybe_unused]] cudaDataType type) {
#ifdef TOKAPU_HOPPER
    if (major == 9) {
        switch (type) {
            case CUDA_R_16BF:
                return { hopper::bf16_to_f32, &hopper::GENERATION, CUDA_R_32F };
            case CUDA_R_16F:
                return { hopper::f16_to_f16, &hopper::GENERATION, CUDA_R_16F };
            case CUDA_R_32F:
                return { hopper::tf32_to_f32, &hopper::GENERATION, CUDA_R_32F };
            default:
                return {};
        }
    }
#endif
#ifdef TOKAPU_AMPERE
    // On Hopper, too, where they were compiled and its own were not.
    if (major >= 8) {
        switch (type) {
            case CUDA_R_16BF:
                return { ampere::bf16_to_f32, &ampere::GENERATION, CUDA_R_32F };
            case CUDA_R_16F:
                return { ampere::f16_to_f16, &ampere::GENERATION, CUDA_R_16F };
            case CUDA_R_32F:
                return { ampere::tf32_to_f32, &ampere::GENERATION, CUDA_R_32F };
            default:
                return {};
        }
    }
#endif
    return {};
}

bool multiply(const Kernels & kernels, const Plan & plan, const Product & product, const Settings & settings, int processors) {
    if (plan.parts == 1) {
        return kernels.launch(plan.tile, product, processors, settings.stream);
    }
    Product part  = product;
    part.c        = settings.workspace;
    part.ldc      = padded(product.m);
    part.stride_c = part.ldc * product.n;
    part.k        = product.k / plan.parts;
    part.stride_a = part.stride_b = part.k;
    part.batch    = plan.parts;
    return kernels.launch(plan.tile, part, processors, settings.stream) &&
           add_parts(settings.workspace, part.ldc, plan.parts, product, kernels.result, settings.stream);
}

}  // namespace tokapu::cuda
