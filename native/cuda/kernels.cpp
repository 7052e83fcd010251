#include "kernels.h"

#include "ampere.h"
#include "hopper.h"

namespace tokapu::cuda {

namespace {

// Those of a generation for factors of a type.
[[maybe_unused]] Kernels of_type(const Generation & generation, cudaDataType type, Kernels::Launch bf16, Kernels::Launch f16,
                                 Kernels::Launch tf32) {
    switch (type) {
        case CUDA_R_16BF:
            return { bf16, &generation, CUDA_R_32F };
        case CUDA_R_16F:
            return { f16, &generation, CUDA_R_16F };
        case CUDA_R_32F:
            return { tf32, &generation, CUDA_R_32F };
        default:
            return {};
    }
}

}  // namespace

Kernels kernels_for([[maybe_unused]] int major, [[maybe_unused]] cudaDataType type) {
#ifdef TOKAPU_HOPPER
    if (major == 9) {
        return of_type(hopper::GENERATION, type, hopper::bf16_to_f32, hopper::f16_to_f16, hopper::tf32_to_f32);
    }
#endif
#ifdef TOKAPU_AMPERE
    // On Hopper, too, where they were compiled and its own were not.
    if (major >= 8) {
        return of_type(ampere::GENERATION, type, ampere::bf16_to_f32, ampere::f16_to_f16, ampere::tf32_to_f32);
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
