// Samplers in the caller's code: events go out, candidates are copied out and in.
#include "sampling/sampler_callback.h"

#include "core/arguments.h"

#include <cmath>

namespace tokapu {

namespace {

// The caller's sampler. Copies of a chain for a device share it: they are the same chain at another place.
class Custom {
  public:
    Custom(tokapu_sampler_callback callback, std::string name, int32_t n_vocab) :
        name(std::move(name)), n_vocab(n_vocab), callback(callback) {}

    ~Custom() {
        if (user_data >= 0) {
            callback(user_data, TOKAPU_SAMPLER_FREE, 0);
        }
    }

    Custom(const Custom &)             = delete;
    Custom & operator=(const Custom &) = delete;

    void own(int64_t data) { user_data = data; }

    int64_t tell(int32_t event, int64_t argument, const char * what) const {
        const int64_t answer = callback(user_data, event, argument);
        if (answer < 0) {
            fail(TOKAPU_ERROR_CALLBACK, "the sampler '%s' failed to %s", name.c_str(), what);
        }
        return answer;
    }

    std::shared_ptr<Custom> copy() const {
        auto result = std::make_shared<Custom>(callback, name, n_vocab);
        result->own(tell(TOKAPU_SAMPLER_CLONE, 0, "copy itself"));
        return result;
    }

    const std::string name;
    const int32_t     n_vocab;

  private:
    const tokapu_sampler_callback callback;
    int64_t                       user_data = -1;  // -1: nothing to free yet
};

using Held = std::shared_ptr<Custom>;

const Custom & custom(const llama_sampler * sampler) {
    return **static_cast<Held *>(sampler->ctx);
}

// The candidates that a callback of this thread may see now. Callbacks nest when one samples from another chain.
class Offer {
  public:
    Offer(const Custom & sampler, llama_token_data_array * candidates) :
        sampler(sampler), candidates(candidates), capacity(candidates->size), outer(current) {
        current = this;
    }

    ~Offer() { current = outer; }

    Offer(const Offer &)             = delete;
    Offer & operator=(const Offer &) = delete;

    static Offer & now() {
        if (current == nullptr) {
            fail(TOKAPU_ERROR_ARGUMENT, "there are no candidates: this thread is not inside of a sampler callback");
        }
        return *current;
    }

    const Custom &           sampler;
    llama_token_data_array * candidates;
    const size_t             capacity;

  private:
    Offer * const               outer;
    static thread_local Offer * current;
};

thread_local Offer * Offer::current = nullptr;

const char * on_name(const llama_sampler * sampler) {
    return custom(sampler).name.c_str();
}

void on_accept(llama_sampler * sampler, llama_token token) {
    custom(sampler).tell(TOKAPU_SAMPLER_ACCEPT, token, "accept a token");
}

void on_apply(llama_sampler * sampler, llama_token_data_array * candidates) {
    const Offer offer(custom(sampler), candidates);
    offer.sampler.tell(TOKAPU_SAMPLER_APPLY, static_cast<int64_t>(candidates->size), "work on the candidates");
}

void on_reset(llama_sampler * sampler) {
    custom(sampler).tell(TOKAPU_SAMPLER_RESET, 0, "go back to its first state");
}

llama_sampler * on_clone(const llama_sampler * sampler);

void on_free(llama_sampler * sampler) {
    delete static_cast<Held *>(sampler->ctx);
}

llama_sampler_i & functions() {
    static llama_sampler_i table = [] {
        llama_sampler_i result = {};
        result.name            = on_name;
        result.accept          = on_accept;
        result.apply           = on_apply;
        result.reset           = on_reset;
        result.clone           = on_clone;
        result.free            = on_free;
        return result;
    }();
    return table;
}

llama_sampler * new_sampler(Held held) {
    auto            context = std::make_unique<Held>(std::move(held));
    llama_sampler * sampler = llama_sampler_init(&functions(), context.get());
    context.release();
    return sampler;
}

llama_sampler * on_clone(const llama_sampler * sampler) {
    return new_sampler(*static_cast<Held *>(sampler->ctx));
}

// --- candidates

void check_order(const float * logits, int32_t n) {
    for (int32_t i = 1; i < n; i++) {
        if (logits[i] > logits[i - 1]) {
            fail(TOKAPU_ERROR_ARGUMENT, "the candidates are said to be sorted, but the logit of candidate %d, %g, is above that of "
                                        "the one before, %g",
                 i, static_cast<double>(logits[i]), static_cast<double>(logits[i - 1]));
        }
    }
}

void check_numbers(const Offer & offer, const int32_t * tokens, const float * logits, int32_t n) {
    bool possible = false;
    for (int32_t i = 0; i < n; i++) {
        if (tokens[i] < 0 || tokens[i] >= offer.sampler.n_vocab) {
            fail(TOKAPU_ERROR_ARGUMENT, "candidate %d is token %d, which is not in the vocabulary: its ids are 0 to %d", i, tokens[i],
                 offer.sampler.n_vocab - 1);
        }
        if (std::isnan(logits[i]) || logits[i] == INFINITY) {
            fail(TOKAPU_ERROR_ARGUMENT, "the logit of candidate %d, token %d, is %g; it must be a number or minus infinity", i,
                 tokens[i], static_cast<double>(logits[i]));
        }
        possible = possible || logits[i] != -INFINITY;
    }
    if (!possible) {
        fail(TOKAPU_ERROR_ARGUMENT, "all %d candidates have the logit minus infinity; leave at least one possible", n);
    }
}

void replace(const Offer & offer, const int32_t * tokens, const float * logits, const float * probabilities,
             const int32_t * state) {
    const int32_t n        = state[TOKAPU_CANDIDATES_N];
    const int32_t selected = state[TOKAPU_CANDIDATES_SELECTED];
    if (n == 0) {
        fail(TOKAPU_ERROR_ARGUMENT, "no candidate is left; leave at least one");
    }
    require_range(n, 1, static_cast<int64_t>(offer.capacity), "the number of candidates");
    require_range(selected, -1, n - 1, "the selected index");
    require_flag(state[TOKAPU_CANDIDATES_SORTED], "sorted");
    check_numbers(offer, tokens, logits, n);
    if (state[TOKAPU_CANDIDATES_SORTED] != 0) {
        check_order(logits, n);
    }
    for (int32_t i = 0; i < n; i++) {
        offer.candidates->data[i] = { tokens[i], logits[i], probabilities[i] };
    }
    offer.candidates->size     = static_cast<size_t>(n);
    offer.candidates->selected = selected;
    offer.candidates->sorted   = state[TOKAPU_CANDIDATES_SORTED] != 0;
}

}  // namespace

void clone_callbacks(const Sampler & sampler) {
    for (size_t i = 0; i < sampler.steps.size(); i++) {
        if (sampler.steps[i].callback) {
            Held & held = *static_cast<Held *>(step_sampler(sampler, i)->ctx);
            held        = held->copy();
        }
    }
}

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_sampler_add_callback(int64_t sampler, const char * name, int32_t name_length, int32_t selects,
                                    tokapu_sampler_callback callback, int64_t user_data) {
    const Step step = { OnDevice::never, selects != 0, false, true };
    return append(sampler, step, [=](Sampler & object) {
        require(reinterpret_cast<const void *>(callback), "callback");
        require_flag(selects, "selects");
        require_range(user_data, 0, INT64_MAX, "user_data");
        auto            held  = std::make_shared<Custom>(callback, name_in(name, name_length, "name"), object.model->n_vocab);
        llama_sampler * added = new_sampler(held);
        held->own(user_data);
        object.has_callback = true;
        return added;
    });
}

int32_t tokapu_sampler_candidates(int32_t * tokens, float * logits, float * probabilities, int32_t capacity, int32_t * state) {
    return guarded([&] {
        require(tokens, "tokens");
        require(logits, "logits");
        require(probabilities, "probabilities");
        require(state, "state");
        const llama_token_data_array & candidates = *Offer::now().candidates;
        const auto                     n          = static_cast<int32_t>(candidates.size);
        if (capacity < n) {
            fail(TOKAPU_ERROR_BUFFER, "there is room for %d candidates; %d are needed", capacity, n);
        }
        for (int32_t i = 0; i < n; i++) {
            tokens[i]        = candidates.data[i].id;
            logits[i]        = candidates.data[i].logit;
            probabilities[i] = candidates.data[i].p;
        }
        state[TOKAPU_CANDIDATES_N]        = n;
        state[TOKAPU_CANDIDATES_SELECTED] = static_cast<int32_t>(candidates.selected);
        state[TOKAPU_CANDIDATES_SORTED]   = candidates.sorted ? 1 : 0;
        return TOKAPU_OK;
    });
}

int32_t tokapu_sampler_set_candidates(const int32_t * tokens, const float * logits, const float * probabilities,
                                      const int32_t * state) {
    return guarded([&] {
        require(tokens, "tokens");
        require(logits, "logits");
        require(probabilities, "probabilities");
        require(state, "state");
        replace(Offer::now(), tokens, logits, probabilities, state);
        return TOKAPU_OK;
    });
}

}  // extern "C"
