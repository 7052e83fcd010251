#include "context/pooled.h"

#include "context/batch_tokens.h"
#include "context/context.h"
#include "llama-model.h"  // internal: the architecture
#include "memory/memory.h"

#include <algorithm>
#include <map>

namespace tokapu {

namespace {

using Indices = std::vector<int32_t>;

// A plain cache that all sequences share takes the tokens of a batch in their order.
bool keeps_order(const Context & context) {
    return (context.unified || context.n_seq_max == 1) && !has_recurrent_state(context) &&
           context.model->llama->arch != LLM_ARCH_DEEPSEEK4;
}

// Texts of one length that lie in buffers which follow one another are computed together.
bool even(const std::vector<std::pair<int32_t, Indices>> & texts) {
    for (size_t i = 1; i < texts.size(); i++) {
        if (texts[i].second.size() != texts[0].second.size() || texts[i].first != texts[i - 1].first + 1) {
            return false;
        }
    }
    return true;
}

void cut(const Indices & tokens, int32_t most, std::vector<Indices> & pieces) {
    for (size_t from = 0; from < tokens.size(); from += static_cast<size_t>(most)) {
        const size_t to = std::min(tokens.size(), from + static_cast<size_t>(most));
        pieces.emplace_back(tokens.begin() + static_cast<std::ptrdiff_t>(from), tokens.begin() + static_cast<std::ptrdiff_t>(to));
    }
}

// Pieces of a batch that llama.cpp computes as one micro-batch each.
std::vector<Indices> pieces_of(const Context & context, const llama_batch & batch) {
    Indices all(static_cast<size_t>(batch.n_tokens));
    for (int32_t i = 0; i < batch.n_tokens; i++) {
        all[static_cast<size_t>(i)] = i;
    }
    std::vector<Indices> pieces;
    if (keeps_order(context)) {
        cut(all, context.n_ubatch, pieces);
        return pieces;
    }
    const BatchTokens                        tokens(batch);
    std::vector<std::pair<int32_t, Indices>> texts;
    std::map<int32_t, size_t>                places;
    for (int32_t i = 0; i < batch.n_tokens; i++) {
        const int32_t sequence = tokens.sequence(i, 0);
        const auto    place    = places.emplace(sequence, texts.size());
        if (place.second) {
            texts.emplace_back(sequence, Indices());
        }
        texts[place.first->second].second.push_back(i);
    }
    if (batch.n_tokens <= context.n_ubatch && !has_recurrent_state(context) && even(texts)) {
        return { all };
    }
    for (const auto & text : texts) {
        cut(text.second, context.n_ubatch, pieces);
    }
    return pieces;
}

// Some tokens of a batch, copied out.
class Part {
  public:
    Part(const Context & context, const llama_batch & batch, const Indices & indices) {
        const auto width = static_cast<size_t>(llama_model_n_embd_inp(context.model->llama));
        for (const int32_t i : indices) {
            const auto take = [i](auto & to, const auto * from) {
                if (from != nullptr) {
                    to.push_back(from[i]);
                }
            };
            take(tokens, batch.token);
            take(positions, batch.pos);
            take(counts, batch.n_seq_id);
            take(sequences, batch.seq_id);
            if (batch.embd != nullptr) {
                const float * from = batch.embd + width * static_cast<size_t>(i);
                embeddings.insert(embeddings.end(), from, from + width);
            }
        }
        const auto data = [](auto & vector) { return vector.empty() ? nullptr : vector.data(); };
        result          = { static_cast<int32_t>(indices.size()), data(tokens), data(embeddings), data(positions), data(counts),
                            data(sequences), nullptr };
    }

    const llama_batch & get() const { return result; }

  private:
    std::vector<int32_t>   tokens;
    std::vector<float>     embeddings;
    std::vector<int32_t>   positions;
    std::vector<int32_t>   counts;
    std::vector<int32_t *> sequences;
    llama_batch            result = {};
};

bool takes_mean(const Context & context) {
    return llama_pooling_type(context.llama) == LLAMA_POOLING_TYPE_MEAN;
}

// As llm_graph_input_cls of llama.cpp has it.
bool takes_last(const Context & context) {
    const llm_arch arch = context.model->llama->arch;
    return llama_pooling_type(context.llama) == LLAMA_POOLING_TYPE_RANK && (arch == LLM_ARCH_QWEN3 || arch == LLM_ARCH_QWEN3VL);
}

// Per sequence the last position.
using Positions = std::map<int32_t, int32_t>;

Positions last_positions(const Context & context, const llama_batch & batch) {
    Positions last;
    BatchTokens(batch).each([&](int32_t, int32_t sequence) {
        if (last.count(sequence) == 0) {
            last[sequence] = llama_memory_seq_pos_max(context.memory, sequence);
        }
    });
    return last;
}

void begin_batch(Context & context, const llama_batch & batch, const Positions & before) {
    context.texts.resize(static_cast<size_t>(context.n_seq_max));
    for (PooledText & text : context.texts) {
        text.in_batch = false;
    }
    const BatchTokens tokens(batch);
    tokens.each([&](int32_t i, int32_t sequence) {
        PooledText & text = context.texts[static_cast<size_t>(sequence)];
        if (!text.in_batch) {
            text.in_batch       = true;
            const int32_t prior = before.at(sequence);
            if (prior < 0) {
                text.tokens = 0;
                text.whole  = true;
            } else if (!context.causal || text.tokens == 0 || text.last != prior) {
                text.whole = false;
            }
        }
        if (tokens.n_sequences(i) > 1 && has_recurrent_state(context)) {
            text.whole = false;
        }
    });
}

// Adds the vectors of a piece to those of its texts.
void add(Context & context, const llama_batch & piece) {
    std::map<int32_t, int32_t> counts;
    BatchTokens(piece).each([&](int32_t, int32_t sequence) { counts[sequence]++; });
    for (const auto & [sequence, n] : counts) {
        const float * values = llama_get_embeddings_seq(context.llama, sequence);
        PooledText &  text   = context.texts[static_cast<size_t>(sequence)];
        if (values == nullptr) {
            text.whole = false;
            continue;
        }
        if (text.tokens == 0 || takes_last(context)) {
            text.vector.assign(values, values + pooled_width(context));
        } else if (takes_mean(context)) {
            const float share = static_cast<float>(n) / static_cast<float>(text.tokens + n);
            for (size_t i = 0; i < text.vector.size(); i++) {
                text.vector[i] += (values[i] - text.vector[i]) * share;
            }
        }
        text.tokens += n;
        text.last = llama_memory_seq_pos_max(context.memory, sequence);
    }
}

int32_t decode_piece(Context & context, const llama_batch & piece) {
    const int32_t result = llama_decode(context.llama, piece);
    if (result == 0) {
        add(context, piece);
    }
    return result;
}

// Takes back the pieces of a batch whose next one found no room.
void take_back(Context & context, const Positions & before) {
    for (const auto & [sequence, last] : before) {
        llama_memory_seq_rm(context.memory, sequence, last + 1, -1);
    }
}

}  // namespace

bool pools_texts(const Context & context) {
    const auto pooling = llama_pooling_type(context.llama);
    return context.embeddings && context.memory != nullptr &&
           (pooling == LLAMA_POOLING_TYPE_MEAN || pooling == LLAMA_POOLING_TYPE_CLS || pooling == LLAMA_POOLING_TYPE_RANK);
}

int32_t pooled_width(const Context & context) {
    const llama_model * model = context.model->llama;
    return llama_pooling_type(context.llama) == LLAMA_POOLING_TYPE_RANK ? static_cast<int32_t>(llama_model_n_cls_out(model)) :
                                                                         llama_model_n_embd_out(model);
}

int32_t decode_pooled(Context & context, const llama_batch & batch) {
    const std::vector<Indices> pieces = pieces_of(context, batch);
    const Positions            before = last_positions(context, batch);
    begin_batch(context, batch, before);
    context.n_pieces = static_cast<int32_t>(pieces.size());
    for (size_t i = 0; i < pieces.size(); i++) {
        const int32_t result =
            decode_piece(context, pieces.size() == 1 ? batch : Part(context, batch, pieces[i]).get());
        if (result != 0) {
            for (const auto & entry : before) {
                forget_text(context, entry.first);
            }
            if (result == 1 && i > 0) {
                take_back(context, before);
            }
            return result;
        }
    }
    return 0;
}

void forget_text(Context & context, int32_t seq_id) {
    if (context.texts.empty()) {
        return;
    }
    if (seq_id >= 0) {
        context.texts[static_cast<size_t>(seq_id)].tokens = 0;
        return;
    }
    for (PooledText & text : context.texts) {
        text.tokens = 0;
    }
}

void copy_text(Context & context, int32_t src, int32_t dst) {
    if (!context.texts.empty()) {
        PooledText & text = context.texts[static_cast<size_t>(dst)];
        text              = context.texts[static_cast<size_t>(src)];
        text.in_batch     = false;
    }
}

const std::vector<float> & pooled_vector(const Context & context, int32_t seq_id) {
    const auto index = static_cast<size_t>(seq_id);
    if (index >= context.texts.size() || !context.texts[index].in_batch) {
        fail(TOKAPU_ERROR_ARGUMENT, "the last batch had no tokens in sequence %d", seq_id);
    }
    const PooledText & text = context.texts[index];
    if (!text.whole) {
        fail(TOKAPU_ERROR_UNSUPPORTED,
             "sequence %d has tokens that the vector of its text would lack: decode a text from its beginning, with embeddings on, "
             "and without changing its memory in between%s",
             seq_id,
             context.causal ? "" :
                              "; without causal attention as one batch, of at most n_ubatch tokens (ContextOptions.microBatchSize)");
    }
    return text.vector;
}

}  // namespace tokapu
