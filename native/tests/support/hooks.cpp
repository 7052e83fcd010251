#include "hooks.h"

#include "context/context.h"
#include "core/large_stack.h"
#include "ggml.h"
#include "llama-context.h"  // internal: the parameters in effect
#include "sampling/sampler.h"

using namespace tokapu;

namespace {

// A batch that is larger than n_batch, past our checks: the assert at the top of llama_context::decode().
int32_t overfull_batch(Context & context) {
    std::vector<int32_t> tokens(static_cast<size_t>(context.n_batch) + 1, 5);
    llama_batch          batch = llama_batch_get_one(tokens.data(), static_cast<int32_t>(tokens.size()));
    return poisoning(context, [&] { return llama_decode(context.llama, batch); });
}

}  // namespace

extern "C" {

int32_t tokapu_hook_abort_in_model(int64_t model) {
    return guarded([&] {
        const auto object = get<Model>(model);
        poisoning(*object, [] { GGML_ABORT("a hook of the tests"); });
        return TOKAPU_OK;
    });
}

int32_t tokapu_hook_abort_in_context(int64_t context) {
    return guarded([&] {
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        return overfull_batch(*object);
    });
}

int32_t tokapu_hook_abort_in_sampler(int64_t sampler) {
    return guarded([&] {
        const auto      object = get<Sampler>(sampler);
        const Exclusive inside(*object);
        poisoning(*object, [] { GGML_ABORT("a hook of the tests"); });
        return TOKAPU_OK;
    });
}

int32_t tokapu_hook_reference_state(int64_t context, int32_t seq_id, char * data, int64_t * size) {
    return guarded([&] {
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        *size = static_cast<int64_t>(llama_state_seq_get_data(object->llama, reinterpret_cast<uint8_t *>(data),
                                                              static_cast<size_t>(*size), seq_id));
        return TOKAPU_OK;
    });
}

int32_t tokapu_hook_throw_where_nobody_may(void) {
    return guarded([&] {
        on_large_stack([]() noexcept { fail(TOKAPU_ERROR_NATIVE, "thrown"); });
        return TOKAPU_OK;
    });
}

int32_t tokapu_hook_no_flash_attention(int64_t context) {
    return guarded([&] {
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        const_cast<llama_cparams &>(object->llama->get_cparams()).flash_attn = false;
        return TOKAPU_OK;
    });
}

}  // extern "C"
