// Sampling: one chain from one output, or many chains from many outputs at once.
#include "context/context.h"
#include "core/arguments.h"
#include "core/worker_pool.h"
#include "sampling/device_sampling.h"
#include "sampling/sampler.h"
#include "sampling/sampler_pick.h"

#include <optional>
#include <string>

namespace tokapu {

void require_usable(const Sampler & sampler) {
    if (sampler.needs_reset) {
        fail(TOKAPU_ERROR_GRAMMAR, "the grammar of this chain refused a token; call tokapu_sampler_reset() before further use");
    }
}

namespace {

constexpr int32_t MOST_AT_ONCE = 1 << 20;

// What the device has made of an output: a token, or candidates for the rest of the chain.
void require_device_numbers(const Sampler & sampler, Context & context, int32_t index) {
    const int32_t token = poisoning(context, [&] { return llama_get_sampled_token_ith(context.llama, index); });
    if (token != LLAMA_TOKEN_NULL) {
        if (token < 0 || token >= context.model->n_vocab) {
            fail_nan();
        }
        return;
    }
    if (sampler.attachment == nullptr) {
        fail(TOKAPU_ERROR_ARGUMENT, "the first part of this chain ran on the device, and then the chain was taken back: decode "
                                    "again");
    }
    const float * logits = llama_get_sampled_logits_ith(context.llama, index);
    const auto    n      = static_cast<int32_t>(llama_get_sampled_logits_count_ith(context.llama, index));
    if (logits == nullptr || n == 0) {
        fail_nan();
    }
    require_no_nan(logits, n);
}

// Whether the device had to do with an output; the chain must be the one that did.
bool from_device(const Sampler & sampler, const Context & context, int32_t index) {
    const int64_t id = output_sampler(context, index);
    if (id != 0 && id != sampler.id) {
        fail(TOKAPU_ERROR_ARGUMENT, "another sampler chain, attached to this output's sequence, has sampled it on the device");
    }
    if (id == 0 && sampler.attachment != nullptr) {
        fail(TOKAPU_ERROR_ARGUMENT, "this sampler chain runs on a device since it was attached; this output was computed "
                                    "without it: decode again");
    }
    return id != 0;
}

void require_pair(const Sampler & sampler, const Context & context) {
    require_usable(sampler);
    if (sampler.model != context.model) {
        fail(TOKAPU_ERROR_ARGUMENT, "the sampler chain and the context belong to different models");
    }
    if (!sampler.selects()) {
        fail(TOKAPU_ERROR_ARGUMENT,
             "the last sampler of the chain does not select a token; end it with greedy, dist, mirostat, mirostat_v2 or "
             "adaptive_p");
    }
}

int32_t sample_device(Sampler & sampler, Context & context, int32_t index) {
    require_device_numbers(sampler, context, index);
    return with_grammar(sampler, [&] { return llama_sampler_sample(sampler.chain, context.llama, index); });
}

int32_t sample_row(Sampler & sampler, const Row & row) {
    return with_grammar(sampler, [&] { return pick_and_accept(sampler, row); });
}

int32_t sample(Sampler & sampler, Context & context, int32_t index) {
    require_pair(sampler, context);
    return from_device(sampler, context, index) ? sample_device(sampler, context, index) :
                                                  sample_row(sampler, { output_logits(context, index), context.model->n_vocab });
}

// One of many: its chain is held from the first look at it until its token is there.
struct Item {
    std::shared_ptr<Sampler> sampler;
    std::optional<InSampler> inside;
    Row                      row{};
    std::string              message;
};

// Does what must not happen on several threads; whether the item is ready then (the device or Java chose, or it failed).
bool prepare(Item & item, int64_t handle, Context & context, int32_t index, int32_t & token, int32_t & status) {
    bool ready = true;
    status     = guarded([&] {
        item.sampler = get<Sampler>(handle);
        item.inside.emplace(*item.sampler);
        require_pair(*item.sampler, context);
        if (from_device(*item.sampler, context, index)) {
            token = sample_device(*item.sampler, context, index);
            return TOKAPU_OK;
        }
        item.row = { ready_logits(context, index), context.model->n_vocab };
        if (item.sampler->has_callback) {
            token = sample_row(*item.sampler, item.row);
            return TOKAPU_OK;
        }
        ready = false;
        return TOKAPU_OK;
    });
    if (status < 0) {
        item.message = last_error();
    }
    return ready || status < 0;
}

void finish(Item & item, int32_t & token, int32_t & status) noexcept {
    status = guarded([&] {
        token = sample_row(*item.sampler, item.row);
        return TOKAPU_OK;
    });
    if (status < 0) {
        swallowing("keeping an error", [&] { item.message = last_error(); });
    }
}

WorkerPool & pool_of(Context & context, int32_t n_threads) {
    if (context.sampling_pool == nullptr || context.sampling_pool->asked_for() != n_threads - 1) {
        context.sampling_pool.reset();
        context.sampling_pool = std::make_unique<WorkerPool>(n_threads - 1);
    }
    return *context.sampling_pool;
}

void sample_many(Context & context, int32_t n, const int64_t * samplers, const int32_t * indices, int32_t n_threads,
                 int32_t * tokens, int32_t * statuses) {
    poisoning(context, [&] { llama_synchronize(context.llama); });
    std::vector<Item>    items(static_cast<size_t>(n));
    std::vector<int32_t> waiting;
    waiting.reserve(static_cast<size_t>(n));
    for (int32_t i = 0; i < n; i++) {
        if (!prepare(items[static_cast<size_t>(i)], samplers[i], context, indices[i], tokens[i], statuses[i])) {
            waiting.push_back(i);
        }
    }
    const auto finish_one = [&](int32_t k) {
        const int32_t i = waiting[static_cast<size_t>(k)];
        finish(items[static_cast<size_t>(i)], tokens[i], statuses[i]);
    };
    const auto n_waiting = static_cast<int32_t>(waiting.size());
    if (n_threads == 1 || n_waiting <= 1) {
        for (int32_t k = 0; k < n_waiting; k++) {
            finish_one(k);
        }
    } else {
        pool_of(context, n_threads).run(n_waiting, finish_one);
    }
    for (int32_t i = 0; i < n; i++) {
        if (statuses[i] < 0) {
            set_error(statuses[i], items[static_cast<size_t>(i)].message.c_str());
            return;
        }
    }
}

}  // namespace

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_sampler_sample(int64_t sampler, int64_t context, int32_t index, int32_t * token) {
    return guarded([&] {
        require(token, "token");
        const auto      object = get<Sampler>(sampler);
        const auto      source = get<Context>(context);
        const InSampler inside(*object);
        const Exclusive inside_source(*source);
        *token = sample(*object, *source, index);
        return TOKAPU_OK;
    });
}

int32_t tokapu_sampler_sample_many(int64_t context, int32_t n, const int64_t * samplers, const int32_t * indices,
                                   int32_t n_threads, int32_t * tokens, int32_t * statuses) {
    return guarded([&] {
        const auto      source = get<Context>(context);
        const Exclusive inside(*source);
        require_range(n, 1, MOST_AT_ONCE, "the number of chains");
        require_range(n_threads, 1, MAX_THREADS, "n_threads");
        require(samplers, "samplers");
        require(indices, "indices");
        require(tokens, "tokens");
        require(statuses, "statuses");
        sample_many(*source, n, samplers, indices, n_threads, tokens, statuses);
        return TOKAPU_OK;
    });
}

}  // extern "C"
