// The samplers that a chain can hold. Ranges as documented in llama.h; NaN is refused everywhere.
#include "core/arguments.h"
#include "sampling/sampler.h"

#include <algorithm>
#include <climits>

using namespace tokapu;

namespace {

constexpr double  BIG          = 1e30;
constexpr int32_t LONGEST_PAST = 1 << 24;  // tokens; the samplers allocate them at once

constexpr Step EVERYWHERE = { OnDevice::anywhere, false };
constexpr Step NARROWS    = { OnDevice::narrows, false };
constexpr Step GREEDY     = { OnDevice::whole, true, false, false, true };

// With min_keep llama.cpp keeps more than its device does.
Step unless_kept(int32_t min_keep, Step step) {
    return min_keep <= 1 ? step : CPU_FILTER;
}

// Temperature 0 leaves one candidate.
Step temperature_step(float temperature) {
    return temperature > 0 ? EVERYWHERE : NARROWS;
}

// The device adds one bias to a token, the CPU all of them.
Step bias_step(const int32_t * tokens, int32_t n) {
    std::vector<int32_t> sorted(tokens, tokens + (tokens == nullptr || n < 0 ? 0 : n));
    std::sort(sorted.begin(), sorted.end());
    const bool twice = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
    return twice ? CPU_FILTER : Step{ OnDevice::whole, false };
}

size_t keep(int32_t min_keep) {
    require_range(min_keep, 0, INT32_MAX, "min_keep");
    return static_cast<size_t>(min_keep);
}

}  // namespace

extern "C" {

int32_t tokapu_sampler_add_greedy(int64_t sampler) {
    return append(sampler, GREEDY, [](const Sampler &) { return llama_sampler_init_greedy(); });
}

int32_t tokapu_sampler_add_dist(int64_t sampler, int32_t seed) {
    return append(sampler, { OnDevice::anywhere, true },
                  [=](const Sampler &) { return llama_sampler_init_dist(static_cast<uint32_t>(seed)); });
}

int32_t tokapu_sampler_add_top_k(int64_t sampler, int32_t k) {
    return append(sampler, k > 0 ? NARROWS : EVERYWHERE, [=](const Sampler &) { return llama_sampler_init_top_k(k); });
}

int32_t tokapu_sampler_add_top_p(int64_t sampler, float p, int32_t min_keep) {
    return append(sampler, unless_kept(min_keep, p < 1 ? NARROWS : EVERYWHERE), [=](const Sampler &) {
        require_between(static_cast<double>(p), 0, 1, "p");
        return llama_sampler_init_top_p(p, keep(min_keep));
    });
}

int32_t tokapu_sampler_add_min_p(int64_t sampler, float p, int32_t min_keep) {
    // Near 1 the device compares the largest logit with itself and drops it.
    return append(sampler, unless_kept(min_keep, p <= 0.99F ? EVERYWHERE : CPU_FILTER), [=](const Sampler &) {
        require_between(static_cast<double>(p), 0, 1, "p");
        return llama_sampler_init_min_p(p, keep(min_keep));
    });
}

int32_t tokapu_sampler_add_typical(int64_t sampler, float p, int32_t min_keep) {
    return append(sampler, CPU_FILTER, [=](const Sampler &) {
        require_between(static_cast<double>(p), 0, 1, "p");
        return llama_sampler_init_typical(p, keep(min_keep));
    });
}

int32_t tokapu_sampler_add_temp(int64_t sampler, float temperature) {
    return append(sampler, temperature_step(temperature), [=](const Sampler &) {
        require_between(static_cast<double>(temperature), -BIG, BIG, "temperature");
        return llama_sampler_init_temp(temperature);
    });
}

// With a delta the entropy counts the candidates, of which a device has more: those that others have masked.
int32_t tokapu_sampler_add_temp_ext(int64_t sampler, float temperature, float delta, float exponent) {
    return append(sampler, delta > 0 ? CPU_FILTER : temperature_step(temperature), [=](const Sampler &) {
        require_between(static_cast<double>(temperature), -BIG, BIG, "temperature");
        require_between(static_cast<double>(delta), -BIG, BIG, "delta");
        require_between(static_cast<double>(exponent), -BIG, BIG, "exponent");
        return llama_sampler_init_temp_ext(temperature, delta, exponent);
    });
}

int32_t tokapu_sampler_add_xtc(int64_t sampler, float probability, float threshold, int32_t min_keep, int32_t seed) {
    return append(sampler, CPU_FILTER, [=](const Sampler &) {
        require_between(static_cast<double>(probability), 0, 1, "probability");
        require_between(static_cast<double>(threshold), 0, 1, "threshold");
        return llama_sampler_init_xtc(probability, threshold, keep(min_keep), static_cast<uint32_t>(seed));
    });
}

int32_t tokapu_sampler_add_top_n_sigma(int64_t sampler, float n) {
    return append(sampler, CPU_FILTER, [=](const Sampler &) {
        require_between(static_cast<double>(n), -BIG, BIG, "n");
        return llama_sampler_init_top_n_sigma(n);
    });
}

int32_t tokapu_sampler_add_mirostat(int64_t sampler, int32_t seed, float tau, float eta, int32_t m) {
    return append(sampler, CPU_SELECTOR, [=](const Sampler & object) {
        require_between(static_cast<double>(tau), 0, BIG, "tau");
        require_between(static_cast<double>(eta), 0, BIG, "eta");
        require_range(m, 1, INT32_MAX, "m");
        return llama_sampler_init_mirostat(object.model->n_vocab, static_cast<uint32_t>(seed), tau, eta, m);
    });
}

int32_t tokapu_sampler_add_mirostat_v2(int64_t sampler, int32_t seed, float tau, float eta) {
    return append(sampler, CPU_SELECTOR, [=](const Sampler &) {
        require_between(static_cast<double>(tau), 0, BIG, "tau");
        require_between(static_cast<double>(eta), 0, BIG, "eta");
        return llama_sampler_init_mirostat_v2(static_cast<uint32_t>(seed), tau, eta);
    });
}

int32_t tokapu_sampler_add_penalties(int64_t sampler, int32_t last_n, float repeat, float frequency, float presence) {
    return append(sampler, EVERYWHERE, [=](const Sampler & object) {
        require_range(last_n, -1, LONGEST_PAST, "last_n");
        require_between(static_cast<double>(repeat), 1e-6, BIG, "repeat");
        require_finite(static_cast<double>(frequency), "frequency");
        require_finite(static_cast<double>(presence), "presence");
        const int32_t past = last_n < 0 ? std::min(llama_model_n_ctx_train(object.model->llama), LONGEST_PAST) : last_n;
        return llama_sampler_init_penalties(object.model->n_vocab, past, repeat, frequency, presence);
    });
}

int32_t tokapu_sampler_add_dry(int64_t sampler, float multiplier, float base, int32_t allowed_length,
                               int32_t penalty_last_n, const char * breakers, int32_t n_breakers) {
    return append(sampler, CPU_FILTER, [=](const Sampler & object) {
        require_between(static_cast<double>(multiplier), 0, BIG, "multiplier");
        require_between(static_cast<double>(base), 0, BIG, "base");
        require_range(allowed_length, 0, INT32_MAX, "allowed_length");
        require_range(penalty_last_n, 0, LONGEST_PAST, "penalty_last_n");
        require_vocab(*object.model);
        const std::vector<std::string> texts = list_in(breakers, n_breakers, "breakers");
        std::vector<const char *>      pointers;
        for (const std::string & text : texts) {
            pointers.push_back(text.c_str());
        }
        return llama_sampler_init_dry(object.model->vocab, multiplier, base, allowed_length, penalty_last_n,
                                      pointers.data(), pointers.size());
    });
}

int32_t tokapu_sampler_add_adaptive_p(int64_t sampler, float target, float decay, int32_t seed) {
    return append(sampler, CPU_SELECTOR, [=](const Sampler &) {
        require_between(static_cast<double>(target), -BIG, 1, "target");
        require_between(static_cast<double>(decay), 0, static_cast<double>(0.99F), "decay");
        return llama_sampler_init_adaptive_p(target, decay, static_cast<uint32_t>(seed));
    });
}

int32_t tokapu_sampler_add_logit_bias(int64_t sampler, const int32_t * tokens, const float * biases, int32_t n) {
    return append(sampler, bias_step(tokens, n), [=](const Sampler & object) {
        require_range(n, 0, INT32_MAX, "n");
        if (n > 0) {
            require(tokens, "tokens");
            require(biases, "biases");
        }
        std::vector<llama_logit_bias> list;
        for (int32_t i = 0; i < n; i++) {
            require_token(*object.model, tokens[i], "a biased token");
            if (biases[i] != biases[i]) {
                fail(TOKAPU_ERROR_ARGUMENT, "the bias of token %d is NaN", tokens[i]);
            }
            list.push_back({ tokens[i], biases[i] });
        }
        return llama_sampler_init_logit_bias(object.model->n_vocab, n, list.data());
    });
}

int32_t tokapu_sampler_add_infill(int64_t sampler) {
    return append(sampler, CPU_FILTER, [](const Sampler & object) {
        require_vocab(*object.model);
        if (llama_vocab_eot(object.model->vocab) == LLAMA_TOKEN_NULL &&
            llama_vocab_eos(object.model->vocab) == LLAMA_TOKEN_NULL) {
            fail(TOKAPU_ERROR_UNSUPPORTED, "infilling needs an EOT or EOS token, which this vocabulary lacks");
        }
        return llama_sampler_init_infill(object.model->vocab);
    });
}

}  // extern "C"
