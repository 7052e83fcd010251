/* Functions of the test build only: they make assertions of ggml fail inside calls that belong to an object, or
 * do what another machine would. */
#ifndef HOOKS_H
#define HOOKS_H

#include "tokapu.h"

#ifdef __cplusplus
extern "C" {
#endif

TOKAPU_API int32_t tokapu_hook_abort_in_model(int64_t model);
TOKAPU_API int32_t tokapu_hook_abort_in_context(int64_t context);
TOKAPU_API int32_t tokapu_hook_abort_in_sampler(int64_t sampler);

/* Throws out of a noexcept function on a thread with a large stack. */
TOKAPU_API int32_t tokapu_hook_throw_where_nobody_may(void);

/* What llama.cpp does with AUTO when a device lacks flash attention: the KV cache is there already. */
TOKAPU_API int32_t tokapu_hook_no_flash_attention(int64_t context);

/* The state of a sequence as llama_state_seq_get_data() writes it; *size is in and out. */
TOKAPU_API int32_t tokapu_hook_reference_state(int64_t context, int32_t seq_id, char * data, int64_t * size);

#ifdef __cplusplus
}
#endif

#endif
