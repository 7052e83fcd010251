// tokapu-mtp-oracle - the reference for MTP heads: llama.cpp's own way to draft with them (common/speculative.cpp).
//
//     tokapu-mtp-oracle MODEL STEPS OUT THREADS N_CTX
//
// STEPS is a text file; each line holds the token ids of one llama_decode() call, which continue sequence 0. After each line but the
// last, the head drafts what follows the first token of the next line. OUT receives its logits: n_vocab floats per draft, as this
// machine stores them. Keys and values are f16, as by default.
//
// Exit status 1 and a line on stderr when something fails.
#include "llama.h"
#include "speculative.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

[[noreturn]] void fail(const std::string & message) {
    std::fprintf(stderr, "tokapu-mtp-oracle: %s\n", message.c_str());
    std::exit(1);
}

std::vector<llama_tokens> read_steps(const char * file) {
    std::ifstream             in(file);
    std::vector<llama_tokens> steps;
    for (std::string line; std::getline(in, line);) {
        std::istringstream numbers(line);
        steps.emplace_back();
        for (llama_token token = 0; numbers >> token;) {
            steps.back().push_back(token);
        }
    }
    if (steps.size() < 2) {
        fail("there are no steps");
    }
    return steps;
}

llama_context * new_context(llama_model * model, llama_context_type type, int threads, uint32_t n_ctx) {
    llama_context_params params = llama_context_default_params();
    params.n_threads = params.n_threads_batch = threads;
    params.n_ctx                              = n_ctx;
    params.ctx_type                           = type;
    llama_context * context                   = llama_init_from_model(model, params);
    if (context == nullptr) {
        fail("cannot make a context");
    }
    return context;
}

llama_batch batch_of(const llama_tokens & tokens, llama_pos first) {
    llama_batch batch = llama_batch_init(static_cast<int32_t>(tokens.size()), 0, 1);
    for (size_t i = 0; i < tokens.size(); i++) {
        common_batch_add(batch, tokens[i], first + static_cast<llama_pos>(i), { 0 }, i + 1 == tokens.size());
    }
    return batch;
}

}  // namespace

int main(int argc, char ** argv) {
    if (argc != 6) {
        fail("usage: tokapu-mtp-oracle MODEL STEPS OUT THREADS N_CTX");
    }
    ggml_backend_load_all();
    llama_model_params params = llama_model_default_params();
    params.load_mtp           = true;
    llama_model * model       = llama_model_load_from_file(argv[1], params);
    if (model == nullptr) {
        fail("cannot load the model");
    }
    const auto      n_ctx  = static_cast<uint32_t>(std::atoi(argv[5]));
    llama_context * target = new_context(model, LLAMA_CONTEXT_TYPE_DEFAULT, std::atoi(argv[4]), n_ctx);
    llama_context * heads  = new_context(model, LLAMA_CONTEXT_TYPE_MTP, std::atoi(argv[4]), n_ctx);

    common_params_speculative options;
    options.types         = { COMMON_SPECULATIVE_TYPE_DRAFT_MTP };
    options.draft.ctx_tgt = target;
    options.draft.ctx_dft = heads;
    options.draft.n_max   = 1;
    options.draft.p_min   = 0;

    options.draft.backend_sampling = false;
    const common_speculative_ptr speculative(common_speculative_init(options, 1));

    const std::vector<llama_tokens> steps = read_steps(argv[2]);
    std::ofstream                   out(argv[3], std::ios::binary);
    const auto                      n_vocab = static_cast<size_t>(llama_vocab_n_tokens(llama_model_get_vocab(model)));
    llama_pos                       past    = 0;
    for (size_t i = 0; i + 1 < steps.size(); i++) {
        llama_batch batch = batch_of(steps[i], past);
        if (llama_decode(target, batch) != 0 || !common_speculative_process(speculative.get(), batch)) {
            fail("cannot decode");
        }
        past += batch.n_tokens;
        llama_batch_free(batch);
        llama_tokens draft;
        auto &       wanted = common_speculative_get_draft_params(speculative.get(), 0);
        wanted.drafting     = true;
        wanted.pos0         = past;
        wanted.id_last      = steps[i + 1][0];
        wanted.result       = &draft;
        wanted.prompt       = &steps[0];
        common_speculative_draft(speculative.get());
        const float * logits = llama_get_logits_ith(heads, -1);
        if (draft.size() != 1 || logits == nullptr) {
            fail("nothing was drafted");
        }
        out.write(reinterpret_cast<const char *>(logits), static_cast<std::streamsize>(n_vocab * sizeof(float)));
        llama_memory_seq_rm(llama_get_memory(heads), 0, past, -1);
    }
    if (!out.flush()) {
        fail("cannot write the logits");
    }
    return 0;
}
