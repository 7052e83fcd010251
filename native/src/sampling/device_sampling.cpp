// Sampler chains on the device: which part of a chain may run there, and who holds it.
//
// llama.cpp prepares a chain for a device once and for good, so a copy of it is attached, and copied again when it comes back.
#include "sampling/device_sampling.h"

#include "backend/backend.h"
#include "core/arguments.h"
#include "ggml-cpp.h"
#include "llama-context.h"  // internal: reserving memory for the samplers at once
#include "llama-model.h"    // internal: the device of the outputs
#include "llama-sampler.h"  // internal: which part of a chain the device runs

#include <algorithm>

namespace tokapu {

namespace {

constexpr int64_t MAX_NODES = 2048;  // of the compute graph of one chain

struct FreeSampler {
    void operator()(llama_sampler * sampler) const {
        swallowing("freeing a sampler chain", [&] { llama_sampler_free(sampler); });
    }
};

using Chain = std::unique_ptr<llama_sampler, FreeSampler>;

const char * barrier_name(const llama_sampler * /*sampler*/) {
    return "";
}

// Does nothing, and not on a device: what follows it runs on the CPU.
llama_sampler * new_barrier() {
    static llama_sampler_i barrier = [] {
        llama_sampler_i functions = {};
        functions.name            = barrier_name;
        return functions;
    }();
    return llama_sampler_init(&barrier, nullptr);
}

// A copy of the chain, without its barrier or with one at another place.
Chain copy(const Sampler & sampler, int32_t barrier) {
    Chain result(new_chain());
    for (int32_t i = 0, step = 0; i < llama_sampler_chain_n(sampler.chain); i++) {
        if (i == sampler.barrier) {
            continue;
        }
        if (step++ == barrier) {
            llama_sampler_chain_add(result.get(), new_barrier());
        }
        llama_sampler_chain_add(result.get(), llama_sampler_clone(llama_sampler_chain_get(sampler.chain, i)));
    }
    return result;
}

// How many steps from the first may run on a device and give what they give on the CPU. llama.cpp's greedy and logit_bias take
// the index of a candidate for a token; a selector in the middle would end the chain there.
int32_t device_steps(const Sampler & sampler) {
    bool    narrowed = false;
    int32_t n        = 0;
    for (const Step & step : sampler.steps) {
        const bool last = n + 1 == static_cast<int32_t>(sampler.steps.size());
        if (step.device == OnDevice::never || (step.device == OnDevice::whole && narrowed) || (step.selects && !last)) {
            break;
        }
        narrowed = narrowed || step.device == OnDevice::narrows;
        n++;
    }
    return n;
}

// Prepares a chain for a device and builds its graph, as llama.cpp will: samplers assert there, for example that top_k leaves
// something out. Answers how many steps the device takes.
int32_t try_on_device(const Context & context, llama_sampler * chain) {
    ggml_backend_buffer_type_t type  = ggml_backend_dev_buffer_type(context.model->llama->dev_output());
    const uint32_t             limit = context.llama->get_cparams().n_outputs_max_per_seq;
    try {
        chain->iface->backend_init(chain, type, limit);
        const ggml_init_params params = {
            static_cast<size_t>(MAX_NODES) * ggml_tensor_overhead() + ggml_graph_overhead_custom(MAX_NODES, false), nullptr,
            true
        };
        const ggml_context_ptr ggml(ggml_init(params));
        ggml_cgraph *          graph = ggml_new_graph_custom(ggml.get(), MAX_NODES, false);
        llama_sampler_data     data  = { ggml_new_tensor_1d(ggml.get(), GGML_TYPE_F32, context.model->n_vocab), nullptr,
                                         nullptr, nullptr };
        chain->iface->backend_reset(chain);
        chain->iface->backend_apply(chain, ggml.get(), graph, &data);
    } catch (const AbortException &) {
        return 0;
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception &) {
        return 0;
    }
    int32_t n = 0;
    for (const auto & entry : static_cast<const llama_sampler_chain *>(chain->ctx)->samplers) {
        if (!entry.is_backend) {
            break;
        }
        n++;
    }
    return n;
}

void detach(Context & context, int32_t seq_id) {
    const auto found = std::find_if(context.attached.begin(), context.attached.end(),
                                    [&](const auto & entry) { return entry.seq_id == seq_id; });
    if (found == context.attached.end()) {
        return;
    }
    poisoning(context, [&] { llama_set_sampler(context.llama, seq_id, nullptr); });
    context.plan = true;
    found->attachment->live.store(false, std::memory_order_release);
    context.attached.erase(found);
}

// The memory for the samplers is taken now, where a failure can be told, and not by the next decode.
void attach(Context & context, int32_t seq_id, llama_sampler * chain) {
    const RegistryReader reading;
    poisoning(context, [&] {
        if (!llama_set_sampler(context.llama, seq_id, chain)) {
            fail(TOKAPU_ERROR_UNSUPPORTED, "llama.cpp refused the sampler chain");
        }
        try {
            plan_compute(context);
        } catch (const std::exception & e) {
            llama_set_sampler(context.llama, seq_id, nullptr);
            plan_compute(context);
            fail(memory_status(TOKAPU_ERROR_CONTEXT), "the device has no room for the sampler chain: %s", e.what());
        }
    });
}

void require_attachable(const Context & context, const Sampler & sampler) {
    if (sampler.model != context.model) {
        fail(TOKAPU_ERROR_ARGUMENT, "the sampler chain and the context belong to different models");
    }
    if (!sampler.selects()) {
        fail(TOKAPU_ERROR_ARGUMENT, "the last sampler of the chain does not select a token; end it with greedy or dist");
    }
}

// 0: the chain stays with the CPU.
int32_t set_sampler(Context & context, int32_t seq_id, const std::shared_ptr<Sampler> & sampler) {
    require_attachable(context, *sampler);
    for (const auto & entry : context.attached) {
        if (entry.seq_id == seq_id && entry.sampler == sampler) {
            return entry.attachment->extent;
        }
        if (entry.seq_id == seq_id) {
            fail(TOKAPU_ERROR_ARGUMENT, "sequence %d has another chain attached; take it back first", seq_id);
        }
    }
    if (sampler->attachment != nullptr) {
        fail_attached("attached a second time");
    }
    const int32_t wanted = device_steps(*sampler);
    if (wanted == 0 || sampler->has_grammar || context.memory == nullptr ||
        context.model->llama->split_mode() == LLAMA_SPLIT_MODE_TENSOR) {
        return 0;
    }
    const auto    all     = static_cast<int32_t>(sampler->steps.size());
    const int32_t barrier = wanted == all ? -1 : wanted;
    const int32_t taken   = try_on_device(context, copy(*sampler, barrier).get());
    if (taken == 0) {
        return 0;
    }
    context.attached.reserve(context.attached.size() + 1);
    auto attachment    = std::make_shared<Attachment>();
    attachment->extent = taken == all ? 1 : 2;
    Chain chain        = copy(*sampler, barrier);
    attach(context, seq_id, chain.get());
    Chain before(sampler->chain);
    sampler->chain      = chain.release();
    sampler->barrier    = barrier;
    sampler->attachment = attachment;
    context.attached.push_back({ seq_id, sampler, attachment });
    return attachment->extent;
}

}  // namespace

InSampler::InSampler(Sampler & sampler) : inside(sampler) {
    if (sampler.attachment != nullptr && !sampler.attachment->live.load(std::memory_order_acquire)) {
        Chain chain = copy(sampler, -1);
        Chain before(sampler.chain);
        sampler.chain   = chain.release();
        sampler.barrier = -1;
        sampler.attachment.reset();
    }
}

llama_sampler * detached_copy(const Sampler & sampler) {
    return copy(sampler, -1).release();
}

void fail_attached(const char * wanted) {
    fail(TOKAPU_ERROR_ARGUMENT,
         "this sampler chain is attached to a sequence of a context and cannot be %s; take it back with "
         "tokapu_context_set_sampler() and sampler 0 first",
         wanted);
}

InAttached::InAttached(Context & context) : context(context) {
    for (const auto & entry : context.attached) {
        if (entry.sampler->busy.exchange(true, std::memory_order_acquire)) {
            release();
            fail_busy(Kind::sampler);
        }
        taken++;
        if (entry.sampler->poisoned.load(std::memory_order_acquire)) {
            release();
            fail_poisoned(Kind::sampler);
        }
    }
}

void InAttached::release() {
    while (taken > 0) {
        context.attached[--taken].sampler->busy.store(false, std::memory_order_release);
    }
}

int64_t attached_id(const Context & context, int32_t seq_id) {
    for (const auto & entry : context.attached) {
        if (entry.seq_id == seq_id) {
            return entry.sampler->id;
        }
    }
    return 0;
}

void end_attachments(Context & context) {
    for (const auto & entry : context.attached) {
        entry.attachment->live.store(false, std::memory_order_release);
    }
    context.attached.clear();
}

}  // namespace tokapu

using namespace tokapu;

extern "C" int32_t tokapu_context_set_sampler(int64_t context, int32_t seq_id, int64_t sampler, int32_t * attached) {
    return guarded([&] {
        require(attached, "attached");
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        require_weights(*object->model);
        require_range(seq_id, 0, object->n_seq_max - 1, "seq_id");
        if (sampler == 0) {
            detach(*object, seq_id);
            *attached = 0;
            return TOKAPU_OK;
        }
        const auto      chain = get<Sampler>(sampler);
        const InSampler inside_chain(*chain);
        *attached = set_sampler(*object, seq_id, chain);
        return TOKAPU_OK;
    });
}
