// tokapu-draft-oracle - the reference for what drafts from hidden states: llama.cpp's own way to do so (common/speculative.cpp).
//
//     tokapu-draft-oracle MODEL STEPS OUT THREADS N_CTX [DRAFT]
//
// With DRAFT it drafts with that EAGLE-3 model, otherwise with MODEL's MTP head. STEPS is a text file; each line holds the token ids
// of one llama_decode() call, which continue sequence 0. After each line but the last, it drafts what follows the first token of the
// next line. OUT receives the logits: n_vocab floats per draft, as this machine stores them. Keys and values are f16, as by default.
//
// EAGLE-3's encoder gets as many tokens at a time as its decoder does: of the first line the last one alone.
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
    std::fprintf(stderr, "tokapu-draft-oracle: %s\n", message.c_str());
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

llama_model * load(const char * file) {
    llama_model_params params = llama_model_default_params();
    params.load_mtp           = true;
    llama_model * model       = llama_model_load_from_file(file, params);
    if (model == nullptr) {
        fail("cannot load the model");
    }
    return model;
}

llama_context_params options(int threads, uint32_t n_ctx) {
    llama_context_params params = llama_context_default_params();
    params.n_threads = params.n_threads_batch = threads;
    params.n_ctx                              = n_ctx;
    return params;
}

llama_context * new_context(llama_model * model, const llama_context_params & params) {
    llama_context * context = llama_init_from_model(model, params);
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
    if (argc != 6 && argc != 7) {
        fail("usage: tokapu-draft-oracle MODEL STEPS OUT THREADS N_CTX [DRAFT]");
    }
    ggml_backend_load_all();
    const std::vector<llama_tokens> steps  = read_steps(argv[2]);
    const bool                      eagle3 = argc == 7;
    llama_model *                   model  = load(argv[1]);
    llama_context_params            params = options(std::atoi(argv[4]), static_cast<uint32_t>(std::atoi(argv[5])));
    llama_context *                 target = new_context(model, params);
    if (eagle3) {
        params.ctx_other = target;
        params.n_ubatch  = static_cast<uint32_t>(steps[0].size() - 1);
    } else {
        params.ctx_type = LLAMA_CONTEXT_TYPE_MTP;
    }
    llama_context * heads = new_context(eagle3 ? load(argv[6]) : model, params);

    common_params_speculative wanted_drafts;
    wanted_drafts.types         = { eagle3 ? COMMON_SPECULATIVE_TYPE_DRAFT_EAGLE3 : COMMON_SPECULATIVE_TYPE_DRAFT_MTP };
    wanted_drafts.draft.ctx_tgt = target;
    wanted_drafts.draft.ctx_dft = heads;
    wanted_drafts.draft.n_max   = 1;
    wanted_drafts.draft.p_min   = 0;

    wanted_drafts.draft.backend_sampling = false;
    const common_speculative_ptr speculative(common_speculative_init(wanted_drafts, 1));

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
