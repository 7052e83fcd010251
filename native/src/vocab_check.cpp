// Vocabularies that llama.cpp loads, and whose tokenizers then take for ever.
#include "arguments.h"
#include "model.h"

#include <array>
#include <cstring>

namespace tokapu {

namespace {

// The longest token that a tokenizer may be asked to try at each place of a text.
constexpr size_t MAX_TOKEN_BYTES = 4096;

// The first byte of a token of the rwkv tokenizer, whose texts have escapes, and whether there are more.
int first_byte(const char * text, bool & single) {
    const auto digit = [](char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; };
    if (text[0] != '\\' || text[1] == 0) {
        single = text[0] == 0 || text[1] == 0;
        return static_cast<unsigned char>(text[0]);
    }
    if (text[1] == 'x' && text[2] != 0 && text[3] != 0) {
        single = text[4] == 0;
        return (digit(text[2]) * 16 + digit(text[3])) & 0xff;
    }
    single = text[2] == 0;
    switch (text[1]) {
        case 't':
            return '\t';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        default:
            return static_cast<unsigned char>(text[1]);
    }
}

// The rwkv tokenizer takes the longest token at a place; where tokens begin with a byte, but none matches, it stays there.
void check_rwkv(const Model & model, const std::string & name) {
    std::array<bool, 256> begins = {};
    std::array<bool, 256> alone  = {};
    for (int32_t id = 0; id < model.n_vocab; id++) {
        bool      single = false;
        const int byte   = first_byte(llama_vocab_get_text(model.vocab, id), single);
        begins[static_cast<size_t>(byte)] = true;
        alone[static_cast<size_t>(byte)]  = alone[static_cast<size_t>(byte)] || single;
    }
    for (size_t byte = 0; byte < begins.size(); byte++) {
        if (begins[byte] && !alone[byte]) {
            fail(TOKAPU_ERROR_MODEL,
                 "cannot load model %s: its rwkv vocabulary has tokens that begin with the byte 0x%02zx, but not that byte "
                 "alone; tokenizing would not end",
                 name.c_str(), byte);
        }
    }
}

// These tokenizers try tokens of all lengths at each place.
void check_lengths(const Model & model, const std::string & name) {
    for (int32_t id = 0; id < model.n_vocab; id++) {
        const size_t bytes = std::strlen(llama_vocab_get_text(model.vocab, id));
        if (bytes > MAX_TOKEN_BYTES) {
            fail(TOKAPU_ERROR_MODEL,
                 "cannot load model %s: token %d of its vocabulary has %zu bytes; at most %zu are supported", name.c_str(), id,
                 bytes, MAX_TOKEN_BYTES);
        }
    }
}

}  // namespace

void check_vocab(const Model & model, const std::string & name) {
    const auto type = llama_vocab_type(model.vocab);
    if (type == LLAMA_VOCAB_TYPE_RWKV) {
        check_rwkv(model, name);
    }
    if (type == LLAMA_VOCAB_TYPE_RWKV || type == LLAMA_VOCAB_TYPE_WPM || type == LLAMA_VOCAB_TYPE_UGM) {
        check_lengths(model, name);
    }
}

}  // namespace tokapu
