// What a model says about itself.
#include "model/model.h"

#include "backend/backend.h"
#include "backend/devices.h"
#include "core/arguments.h"
#include "llama-ext.h"  // internal: devices and experts of a model
#include "model/placement.h"

#include <algorithm>

namespace tokapu {

namespace {

using TextFunction = int32_t (*)(const llama_model *, int32_t, char *, size_t);

// Metadata accessors of llama.h return the length of the whole text, however small the buffer is.
std::string meta(const Model & model, int32_t index, TextFunction function) {
    require_range(index, 0, llama_model_meta_count(model.llama) - 1, "the metadata index");
    char          none   = '\0';
    const int32_t length = function(model.llama, index, &none, 1);
    if (length < 0) {
        fail(TOKAPU_ERROR_NATIVE, "metadata entry %d cannot be read", index);
    }
    std::string text(static_cast<size_t>(length) + 1, '\0');
    function(model.llama, index, text.data(), text.size());
    text.resize(static_cast<size_t>(length));
    return text;
}

void fill_model(const llama_model * model, int64_t * info) {
    info[TOKAPU_MODEL_INFO_SIZE]                = static_cast<int64_t>(llama_model_size(model));
    info[TOKAPU_MODEL_INFO_N_PARAMS]            = static_cast<int64_t>(llama_model_n_params(model));
    info[TOKAPU_MODEL_INFO_N_CTX_TRAIN]         = llama_model_n_ctx_train(model);
    info[TOKAPU_MODEL_INFO_N_EMBD]              = llama_model_n_embd(model);
    info[TOKAPU_MODEL_INFO_N_EMBD_INP]          = llama_model_n_embd_inp(model);
    info[TOKAPU_MODEL_INFO_N_EMBD_OUT]          = llama_model_n_embd_out(model);
    info[TOKAPU_MODEL_INFO_N_LAYER]             = llama_model_n_layer(model);
    info[TOKAPU_MODEL_INFO_N_LAYER_NEXTN]       = llama_model_n_layer_nextn(model);
    // A model of which only the vocabulary was loaded has no layers, and llama.cpp asserts that there is a first one.
    info[TOKAPU_MODEL_INFO_N_HEAD]              = info[TOKAPU_MODEL_INFO_N_LAYER] > 0 ? llama_model_n_head(model) : 0;
    info[TOKAPU_MODEL_INFO_N_HEAD_KV]           = info[TOKAPU_MODEL_INFO_N_LAYER] > 0 ? llama_model_n_head_kv(model) : 0;
    info[TOKAPU_MODEL_INFO_N_SWA]               = llama_model_n_swa(model);
    info[TOKAPU_MODEL_INFO_N_CLS_OUT]           = llama_model_n_cls_out(model);
    info[TOKAPU_MODEL_INFO_ROPE_TYPE]           = llama_model_rope_type(model);
    info[TOKAPU_MODEL_INFO_FTYPE]               = llama_model_ftype(model);
    info[TOKAPU_MODEL_INFO_HAS_ENCODER]         = llama_model_has_encoder(model) ? 1 : 0;
    info[TOKAPU_MODEL_INFO_HAS_DECODER]         = llama_model_has_decoder(model) ? 1 : 0;
    info[TOKAPU_MODEL_INFO_IS_RECURRENT]        = llama_model_is_recurrent(model) ? 1 : 0;
    info[TOKAPU_MODEL_INFO_IS_HYBRID]           = llama_model_is_hybrid(model) ? 1 : 0;
    info[TOKAPU_MODEL_INFO_IS_DIFFUSION]        = llama_model_is_diffusion(model) ? 1 : 0;
    info[TOKAPU_MODEL_INFO_DECODER_START_TOKEN] = llama_model_decoder_start_token(model);
    info[TOKAPU_MODEL_INFO_N_META]              = llama_model_meta_count(model);
    info[TOKAPU_MODEL_INFO_N_EXPERT]            = llama_model_n_expert(model);
}

void fill_vocab(const llama_vocab * vocab, int64_t * info) {
    info[TOKAPU_MODEL_INFO_VOCAB_TYPE] = llama_vocab_type(vocab);
    info[TOKAPU_MODEL_INFO_N_VOCAB]    = llama_vocab_n_tokens(vocab);
    info[TOKAPU_MODEL_INFO_BOS]        = llama_vocab_bos(vocab);
    info[TOKAPU_MODEL_INFO_EOS]        = llama_vocab_eos(vocab);
    info[TOKAPU_MODEL_INFO_EOT]        = llama_vocab_eot(vocab);
    info[TOKAPU_MODEL_INFO_SEP]        = llama_vocab_sep(vocab);
    info[TOKAPU_MODEL_INFO_NL]         = llama_vocab_nl(vocab);
    info[TOKAPU_MODEL_INFO_PAD]        = llama_vocab_pad(vocab);
    info[TOKAPU_MODEL_INFO_MASK]       = llama_vocab_mask(vocab);
    info[TOKAPU_MODEL_INFO_FIM_PRE]    = llama_vocab_fim_pre(vocab);
    info[TOKAPU_MODEL_INFO_FIM_SUF]    = llama_vocab_fim_suf(vocab);
    info[TOKAPU_MODEL_INFO_FIM_MID]    = llama_vocab_fim_mid(vocab);
    info[TOKAPU_MODEL_INFO_FIM_PAD]    = llama_vocab_fim_pad(vocab);
    info[TOKAPU_MODEL_INFO_FIM_REP]    = llama_vocab_fim_rep(vocab);
    info[TOKAPU_MODEL_INFO_FIM_SEP]    = llama_vocab_fim_sep(vocab);
    info[TOKAPU_MODEL_INFO_ADD_BOS]    = llama_vocab_get_add_bos(vocab) ? 1 : 0;
    info[TOKAPU_MODEL_INFO_ADD_EOS]    = llama_vocab_get_add_eos(vocab) ? 1 : 0;
    info[TOKAPU_MODEL_INFO_ADD_SEP]    = llama_vocab_get_add_sep(vocab) ? 1 : 0;
}

}  // namespace

std::vector<ggml_backend_dev_t> model_devices(const llama_model * model, const llama_model_params & params) {
    const RegistryReader            reading;
    std::vector<ggml_backend_dev_t> devices;
    for (int i = 0; i < llama_model_n_devices(model); i++) {
        ggml_backend_dev_t device = llama_model_get_device(model, i);
        if (ggml_backend_dev_type(device) != GGML_BACKEND_DEVICE_TYPE_META) {
            devices.push_back(device);
        } else if (params.devices != nullptr) {
            for (ggml_backend_dev_t * part = params.devices; *part != nullptr; part++) {
                devices.push_back(*part);
            }
        } else {
            const std::vector<ggml_backend_dev_t> parts = all_gpus();
            devices.insert(devices.end(), parts.begin(), parts.end());
        }
    }
    return devices;
}

void require_weights(const Model & model) {
    if (model.no_alloc) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "the model was loaded with no_alloc: it has no weights to compute with");
    }
}

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_model_info(int64_t model, int64_t * info, int32_t n_info) {
    return guarded([&] {
        require(info, "info");
        require_range(n_info, TOKAPU_MODEL_INFO_COUNT, TOKAPU_MODEL_INFO_COUNT, "n_info");
        const auto object                          = get<Model>(model);
        int64_t    values[TOKAPU_MODEL_INFO_COUNT] = {};
        poisoning(*object, [&] {
            fill_model(object->llama, values);
            fill_vocab(object->vocab, values);
        });
        values[TOKAPU_MODEL_INFO_N_DEVICES] = static_cast<int64_t>(object->devices.size());
        std::copy(std::begin(values), std::end(values), info);
        return TOKAPU_OK;
    });
}

int32_t tokapu_model_devices(int64_t model, int32_t * devices, int32_t capacity, int32_t * n) {
    return guarded([&] {
        require(n, "n");
        require_buffer(devices, capacity, "devices");
        const auto object = get<Model>(model);
        *n                = static_cast<int32_t>(object->devices.size());
        if (*n > capacity) {
            fail(TOKAPU_ERROR_BUFFER, "devices has room for %d; the model has %d", capacity, *n);
        }
        std::transform(object->devices.begin(), object->devices.end(), devices, device_number);
        return TOKAPU_OK;
    });
}

int32_t tokapu_model_description(int64_t model, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        const auto    object    = get<Model>(model);
        char          text[256] = {};
        const int32_t size      = llama_model_desc(object->llama, text, sizeof(text));
        return text_out(text, std::min<size_t>(static_cast<size_t>(std::max(size, 0)), sizeof(text) - 1), buf, capacity,
                        length);
    });
}

int32_t tokapu_model_meta_key(int64_t model, int32_t index, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        const auto object = get<Model>(model);
        return text_out(meta(*object, index, llama_model_meta_key_by_index), buf, capacity, length);
    });
}

int32_t tokapu_model_meta_value(int64_t model, int32_t index, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        const auto object = get<Model>(model);
        return text_out(meta(*object, index, llama_model_meta_val_str_by_index), buf, capacity, length);
    });
}

int32_t tokapu_model_cls_label(int64_t model, int32_t index, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        const auto object = get<Model>(model);
        require_range(index, 0, static_cast<int64_t>(llama_model_n_cls_out(object->llama)) - 1, "the output index");
        const char * label = llama_model_cls_label(object->llama, static_cast<uint32_t>(index));
        return text_out(label == nullptr ? "" : label, buf, capacity, length);
    });
}

}  // extern "C"
