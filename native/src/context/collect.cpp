// Collectors that see each tensor that a context computes.
#include "context/context.h"
#include "llama-context.h"  // internal: the callback, which llama.h takes only when a context is made
#include "llama-cparams.h"

namespace tokapu {

void collect(Context & context, ggml_backend_sched_eval_callback callback, void * collector) {
    auto & params            = const_cast<llama_cparams &>(context.llama->get_cparams());
    params.cb_eval           = callback;
    params.cb_eval_user_data = collector;
    // The next graph may be that of the last batch, for which llama.cpp does not set it again.
    ggml_backend_sched_set_eval_callback(context.llama->get_sched(), callback, collector);
}

}  // namespace tokapu
