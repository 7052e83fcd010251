// Vocabularies that llama.cpp ends the process for, or loads, and whose tokenizers then take for ever.
#include "core/arguments.h"
#include "model/model.h"
#include "model/model_check.h"

#include <array>
#include <cinttypes>
#include <cstdint>
#include <cstring>

namespace tokapu {

namespace {

// The longest token of a tokenizer that tries all lengths at each place of a text. Those of rwkv and t5 vocabularies lie in a tree,
// which llama.cpp builds with 176 bytes of stack for each byte of a token and frees with up to 200, and a thread of Java may have
// 256 KiB in all. Real vocabularies of these kinds have tokens of up to 192 bytes.
constexpr size_t MAX_TOKEN_BYTES = 512;

// llama.cpp makes a table of all that the suffixes of a plamo2 token begin with, in a time that grows with the cube of its length:
// some four seconds for this sum of cubes, ten times that of a vocabulary of 100,000 tokens of 12 bytes.
constexpr uint64_t MAX_CUBES = uint64_t(1) << 31U;

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

}  // namespace

void check_token_lengths(const gguf_context * gguf, const std::string & tokenizer, const std::string & name) {
    const int64_t tokens = gguf_find_key(gguf, "tokenizer.ggml.tokens");
    const bool    cubic  = tokenizer == "plamo2";
    const bool    limits = tokenizer == "rwkv" || tokenizer == "t5" || tokenizer == "bert" || cubic;
    if (!limits || tokens < 0 || gguf_get_kv_type(gguf, tokens) != GGUF_TYPE_ARRAY ||
        gguf_get_arr_type(gguf, tokens) != GGUF_TYPE_STRING) {
        return;
    }
    uint64_t cubes = 0;
    for (size_t id = 0; id < gguf_get_arr_n(gguf, tokens); id++) {
        const size_t bytes = std::strlen(gguf_get_arr_str(gguf, tokens, id));
        if (bytes > MAX_TOKEN_BYTES) {
            fail(TOKAPU_ERROR_MODEL,
                 "cannot load model %s: token %zu of its vocabulary has %zu bytes; at most %zu are supported", name.c_str(), id,
                 bytes, MAX_TOKEN_BYTES);
        }
        cubes += uint64_t(bytes) * bytes * bytes;
    }
    if (cubic && cubes > MAX_CUBES) {
        fail(TOKAPU_ERROR_MODEL,
             "cannot load model %s: the tokens of its plamo2 vocabulary are too long: the cubes of their bytes add up to %" PRIu64
             ", at most %" PRIu64 " are supported",
             name.c_str(), cubes, MAX_CUBES);
    }
}

void check_vocab(const Model & model, const std::string & name) {
    if (llama_vocab_type(model.vocab) == LLAMA_VOCAB_TYPE_RWKV) {
        check_rwkv(model, name);
    }
}

}  // namespace tokapu
