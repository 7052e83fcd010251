#pragma once

#include "adapter/layer_outputs.h"
#include "context/hidden_states.h"
#include "context/pooled.h"
#include "core/worker_pool.h"
#include "ggml-backend.h"
#include "imatrix/imatrix_collector.h"
#include "memory/tensor_copies.h"
#include "model/model.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

namespace tokapu {

// The compute threads of a context. Each number has a pool of its own, since threads of a pool that a step does not want spin as those
// do that wait for work. The last few are kept: those that are not used are paused and sleep, so that going back and forth costs little.
class ThreadPools {
  public:
    ThreadPools() = default;
    ~ThreadPools() { release(); }
    ThreadPools(const ThreadPools &)             = delete;
    ThreadPools & operator=(const ThreadPools &) = delete;

    // Lets so many threads compute steps of one token, and of several.
    void use(llama_context * context, int32_t n_threads, int32_t n_threads_batch, uint32_t poll);

    // After a caught abort workers may wait for ever in a barrier: whoever joins them must not be a thread that matters.
    void abandon();

  private:
    struct Pool {
        int32_t           n_threads;
        ggml_threadpool * pool;
    };

    ggml_threadpool * find(int32_t n_threads, uint32_t poll);
    void              release();

    std::vector<Pool> pools;  // the one that was used last at the end
};

// The arrays of a llama_batch, kept between calls so that decoding does not allocate.
struct BatchArena {
    std::vector<int32_t *> seq_id;
    std::vector<int32_t>   ids;
    std::vector<uint8_t>   seen;
};

class Sampler;
struct Attachment;

// A sampler chain that runs with the outputs of a sequence.
struct AttachedSampler {
    int32_t                     seq_id;
    std::shared_ptr<Sampler>    sampler;
    std::shared_ptr<Attachment> attachment;
};

// Positions of a sequence that copies of its state count on.
struct CountedOn {
    int32_t  last  = -1;  // they are up to this one
    uint64_t epoch = 0;   // goes up when one of them is removed, moved or replaced
};

class Adapter;

// An adapter that a context uses.
struct SetAdapter {
    std::shared_ptr<Adapter> adapter;
    float                    scale;

    bool operator==(const SetAdapter & other) const { return adapter == other.adapter && scale == other.scale; }
};

class Context : public Object {
  public:
    static constexpr Kind KIND = Kind::context;

    explicit Context(std::shared_ptr<Model> model, std::shared_ptr<Context> target = nullptr) :
        Object(KIND),
        model(std::move(model)),
        target(std::move(target)) {}

    ~Context() override;

    bool stopped() const { return closing.load(std::memory_order_relaxed) || abort.load(std::memory_order_relaxed); }

    const std::shared_ptr<Model>   model;   // kept alive
    const std::shared_ptr<Context> target;  // that an EAGLE-3 draft model was made for; its tensors are used
    llama_context *              llama  = nullptr;
    llama_memory_t               memory = nullptr;  // NULL for encoder-only models
    ThreadPools                  pools;
    uint32_t                     poll          = 50;
    int32_t                      n_batch       = 0;
    int32_t                      n_ubatch      = 0;
    int32_t                      n_seq_max     = 0;
    int32_t                      n_positions   = 0;  // positions that a token may have: 0 to n_positions - 1
    int32_t                      n_outputs_max = 0;
    ggml_type                    type_k        = GGML_TYPE_F16;
    ggml_type                    type_v        = GGML_TYPE_F16;
    bool                         unified       = false;
    bool                         swa_full      = false;
    bool                         v_transposed  = false;  // in the KV cache; what llama.cpp laid out before it resolved AUTO
    bool                         causal        = true;
    bool                         embeddings    = false;
    bool                         reads_hidden  = false;  // of MTP heads or an EAGLE-3 draft model
    bool                         encoded       = false;  // the encoder of an encoder-decoder model has run

    std::atomic<bool> abort{ false };    // tokapu_context_abort()
    std::atomic<bool> closing{ false };  // tokapu_context_free()

    // The last batch: which of its tokens have outputs.
    std::vector<uint8_t> outputs;
    int32_t              n_outputs       = 0;
    bool                 with_embeddings = false;
    std::vector<int64_t> output_samplers;  // the chain that ran on the device for each of its tokens, 0: none; empty: none at all

    std::vector<PooledText> texts;         // by sequence; empty before embeddings are pooled
    int32_t                 n_pieces = 1;  // of the last batch; where it was cut, the outputs of its tokens are not kept

    HiddenStates hidden;

    std::vector<AttachedSampler> attached;

    std::unique_ptr<WorkerPool> sampling_pool;  // tokapu_sampler_sample_many(), made when it is first used

    // While they are collected. llama.cpp calls one of them.
    std::unique_ptr<ImatrixCollector> imatrix;
    std::unique_ptr<LayerOutputs>     layers;

    std::unique_ptr<TensorCopier> copier;  // made when a state is first taken or put back

    std::vector<SetAdapter> adapters;      // kept alive
    bool                    plan = false;  // the next decode has to plan the memory for computing

    // Tokens that each sequence can be rolled back: llama.cpp keeps snapshots of the recurrent state for those of its last
    // micro-batch only, and does not notice when older ones are asked for. Empty without snapshots.
    std::vector<int32_t> rollback;

    // What copies of states that are under way count on, by sequence.
    std::vector<CountedOn> counted_on;

    BatchArena arena;
};

// Turns the option arrays into llama.cpp's parameters, checking every value.
llama_context_params read_context_options(const Model & model, const int64_t * ints, int32_t n_ints,
                                          const double * floats, int32_t n_floats);

constexpr int32_t MAX_THREADS = 512;

// Plans the memory for computing anew where a change asks for it. llama.cpp would do so in its next decode, without regard to
// threads that load or free adapters meanwhile.
void plan_compute(Context & context);

// Has a collector called with each tensor that the context computes, in place of another one.
void collect(Context & context, ggml_backend_sched_eval_callback callback, void * collector);

// The batch index that llama.cpp understands, after checking that the token has an output.
int32_t require_output(const Context & context, int32_t index);

// The id of the sampler chain that ran on the device for this output, 0: none.
int64_t output_sampler(const Context & context, int32_t index);

// The logits of a token of the last batch, or a Failure.
const float * output_logits(Context & context, int32_t index);

// The same after llama_synchronize(): asking a device again for each of many outputs takes longer than to read them.
const float * ready_logits(Context & context, int32_t index);

}  // namespace tokapu
