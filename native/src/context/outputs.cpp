// Results of the last batch, copied out.
#include "context/context.h"
#include "context/pooled.h"
#include "core/arguments.h"

#include <cstring>

namespace tokapu {

namespace {

int32_t copy_floats(const float * values, int32_t n, float * out, int32_t capacity, const char * name) {
    require(out, name);
    if (capacity < n) {
        fail(TOKAPU_ERROR_BUFFER, "%s has room for %d floats; %d are needed", name, capacity, n);
    }
    std::memcpy(out, values, static_cast<size_t>(n) * sizeof(float));
    return TOKAPU_OK;
}

void require_embeddings(const Context & context, bool pooled) {
    if (context.n_outputs == 0) {
        fail(TOKAPU_ERROR_ARGUMENT, "there are no outputs: decode a batch first");
    }
    if (!context.with_embeddings) {
        fail(TOKAPU_ERROR_ARGUMENT, "the last batch made no embeddings; create the context with embeddings = 1");
    }
    const int32_t pooling = llama_pooling_type(context.llama);
    if (pooled == (pooling == LLAMA_POOLING_TYPE_NONE)) {
        fail(TOKAPU_ERROR_ARGUMENT, "with pooling type %d there are embeddings of %s only", pooling,
             pooled ? "tokens" : "sequences");
    }
}

}  // namespace

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_logits(int64_t context, int32_t index, float * logits, int32_t capacity) {
    return guarded([&] {
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        return copy_floats(output_logits(*object, index), object->model->n_vocab, logits, capacity, "logits");
    });
}

int32_t tokapu_embeddings(int64_t context, int32_t index, float * embeddings, int32_t capacity, int32_t * n) {
    return guarded([&] {
        require(n, "n");
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        require_embeddings(*object, false);
        require_output(*object, index);
        const float * values = poisoning(*object, [&] { return llama_get_embeddings_ith(object->llama, index); });
        if (values == nullptr) {
            fail(TOKAPU_ERROR_ARGUMENT, "there is no embedding at index %d", index);
        }
        const int32_t width = llama_model_n_embd_out(object->model->llama);
        copy_floats(values, width, embeddings, capacity, "embeddings");
        *n = width;
        return TOKAPU_OK;
    });
}

int32_t tokapu_embeddings_seq(int64_t context, int32_t seq_id, float * embeddings, int32_t capacity, int32_t * n) {
    return guarded([&] {
        require(n, "n");
        const auto      object = get<Context>(context);
        const Exclusive inside(*object);
        require_range(seq_id, 0, object->n_seq_max - 1, "seq_id");
        require_embeddings(*object, true);
        if (pools_texts(*object)) {
            const std::vector<float> & vector = pooled_vector(*object, seq_id);
            *n                                = static_cast<int32_t>(vector.size());
            copy_floats(vector.data(), *n, embeddings, capacity, "embeddings");
            return TOKAPU_OK;
        }
        const float * values = poisoning(*object, [&] { return llama_get_embeddings_seq(object->llama, seq_id); });
        if (values == nullptr) {
            fail(TOKAPU_ERROR_ARGUMENT, "the last batch had no tokens in sequence %d", seq_id);
        }
        const int32_t width = pooled_width(*object);
        copy_floats(values, width, embeddings, capacity, "embeddings");
        *n = width;
        return TOKAPU_OK;
    });
}

}  // extern "C"
