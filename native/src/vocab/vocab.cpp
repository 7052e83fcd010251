// Text to tokens and back.
#include "core/arguments.h"
#include "model/model.h"

#include <algorithm>
#include <climits>
#include <stdexcept>

namespace tokapu {

void require_vocab(const Model & model) {
    if (llama_vocab_type(model.vocab) == LLAMA_VOCAB_TYPE_NONE) {
        fail(TOKAPU_ERROR_UNSUPPORTED, "this model has no vocabulary");
    }
}

std::shared_ptr<Model> model_with_vocab(int64_t handle) {
    auto model = get<Model>(handle);
    require_vocab(*model);
    return model;
}

void require_token(const Model & model, int32_t token, const char * name) {
    if (token < 0 || token >= model.n_vocab) {
        fail(TOKAPU_ERROR_ARGUMENT, "%s is %d; the vocabulary has the tokens 0 to %d", name, token, model.n_vocab - 1);
    }
}

namespace {

void require_tokens(const Model & model, const int32_t * tokens, int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        if (tokens[i] < 0 || tokens[i] >= model.n_vocab) {
            fail(TOKAPU_ERROR_ARGUMENT, "token %d of the list is %d; the vocabulary has the tokens 0 to %d", i, tokens[i],
                 model.n_vocab - 1);
        }
    }
}

int32_t tokenize(const Model & model, const char * text, int32_t length, bool add_special, bool parse_special,
                 int32_t * tokens, int32_t capacity) {
    try {
        const std::string_view whole(text, static_cast<size_t>(length));
        const auto places = parse_special ? std::vector<Markers::Place>() : model.markers().always_parsed_in(whole);
        if (!places.empty()) {
            const auto found = tokens_of_characters(model.vocab, std::string(whole), places, add_special);
            const auto n     = static_cast<int32_t>(found.size());
            if (n > capacity) {
                return -n;
            }
            std::copy(found.begin(), found.end(), tokens);
            return n;
        }
        return llama_tokenize(model.vocab, text, length, tokens, capacity, add_special, parse_special);
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception & e) {
        fail(TOKAPU_ERROR_TOKENIZE, "the text cannot be tokenized: %s; is it valid UTF-8?", e.what());
    }
}

std::string detokenize(const Model & model, const int32_t * tokens, int32_t n, bool remove_special, bool unparse_special) {
    std::string text(static_cast<size_t>(n) * 6 + 16, '\0');
    for (int attempt = 0; attempt < 2; attempt++) {
        const int32_t size = llama_detokenize(model.vocab, tokens, n, text.data(), static_cast<int32_t>(text.size()),
                                              remove_special, unparse_special);
        text.resize(static_cast<size_t>(size < 0 ? -size : size));
        if (size >= 0) {
            return text;
        }
    }
    fail(TOKAPU_ERROR_NATIVE, "the size of the text of %d tokens is not stable", n);
}

}  // namespace

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_tokenize(int64_t model, const char * text, int32_t text_length, int32_t add_special, int32_t parse_special,
                        int32_t * tokens, int32_t capacity, int32_t * n_tokens) {
    return guarded([&] {
        require(n_tokens, "n_tokens");
        require_buffer(tokens, capacity, "tokens");
        require_range(text_length, 0, INT32_MAX, "text_length");
        require_flag(add_special, "add_special");
        require_flag(parse_special, "parse_special");
        if (text_length > 0) {
            require(text, "text");
        }
        const auto    object = model_with_vocab(model);
        const int32_t n      = poisoning(*object, [&] {
            return tokenize(*object, text_length == 0 ? "" : text, text_length, add_special != 0, parse_special != 0, tokens,
                                 capacity);
        });
        if (n == INT32_MIN) {
            fail(TOKAPU_ERROR_TOKENIZE, "the text has more tokens than fit into 32 bits");
        }
        *n_tokens = n < 0 ? -n : n;
        if (n < 0) {
            fail(TOKAPU_ERROR_BUFFER, "the text has %d tokens; the buffer holds %d", -n, capacity);
        }
        return TOKAPU_OK;
    });
}

int32_t tokapu_detokenize(int64_t model, const int32_t * tokens, int32_t n_tokens, int32_t remove_special,
                          int32_t unparse_special, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        require_range(n_tokens, 0, INT32_MAX / 8, "n_tokens");
        require_flag(remove_special, "remove_special");
        require_flag(unparse_special, "unparse_special");
        if (n_tokens > 0) {
            require(tokens, "tokens");
        }
        const auto object = model_with_vocab(model);
        require_tokens(*object, tokens, n_tokens);
        const std::string text = poisoning(
            *object, [&] { return detokenize(*object, tokens, n_tokens, remove_special != 0, unparse_special != 0); });
        return text_out(text, buf, capacity, length);
    });
}

int32_t tokapu_token_piece(int64_t model, int32_t token, int32_t special, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        require(length, "length");
        require_buffer(buf, capacity, "buf");
        require_flag(special, "special");
        const auto object = model_with_vocab(model);
        require_token(*object, token, "token");
        const int32_t size = poisoning(
            *object, [&] { return llama_token_to_piece(object->vocab, token, buf, capacity, 0, special != 0); });
        *length = size < 0 ? -size : size;
        if (size < 0) {
            fail(TOKAPU_ERROR_BUFFER, "the buffer holds %d bytes; %d are needed", capacity, -size);
        }
        return TOKAPU_OK;
    });
}

int32_t tokapu_token_text(int64_t model, int32_t token, char * buf, int32_t capacity, int32_t * length) {
    return guarded([&] {
        const auto object = model_with_vocab(model);
        require_token(*object, token, "token");
        return text_out(llama_vocab_get_text(object->vocab, token), buf, capacity, length);
    });
}

int32_t tokapu_token_attributes(int64_t model, int32_t token, int32_t * attributes) {
    return guarded([&] {
        require(attributes, "attributes");
        const auto object = model_with_vocab(model);
        require_token(*object, token, "token");
        *attributes = llama_vocab_get_attr(object->vocab, token);
        return TOKAPU_OK;
    });
}

int32_t tokapu_token_score(int64_t model, int32_t token, float * score) {
    return guarded([&] {
        require(score, "score");
        const auto object = model_with_vocab(model);
        require_token(*object, token, "token");
        *score = llama_vocab_get_score(object->vocab, token);
        return TOKAPU_OK;
    });
}

int32_t tokapu_token_is_eog(int64_t model, int32_t token, int32_t * is_eog) {
    return guarded([&] {
        require(is_eog, "is_eog");
        const auto object = model_with_vocab(model);
        require_token(*object, token, "token");
        *is_eog = llama_vocab_is_eog(object->vocab, token) ? 1 : 0;
        return TOKAPU_OK;
    });
}

int32_t tokapu_token_is_control(int64_t model, int32_t token, int32_t * is_control) {
    return guarded([&] {
        require(is_control, "is_control");
        const auto object = model_with_vocab(model);
        require_token(*object, token, "token");
        *is_control = llama_vocab_is_control(object->vocab, token) ? 1 : 0;
        return TOKAPU_OK;
    });
}

}  // extern "C"
