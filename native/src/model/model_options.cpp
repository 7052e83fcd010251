// The options of loading a model: defaults, checks, metadata overrides, progress.
#include "model/model_options.h"

#include "core/arguments.h"

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <iomanip>
#include <limits>
#include <locale>
#include <sstream>

namespace tokapu {

namespace {

// By streams, not strtod() and printf(): the JVM sets the C locale, and some have a decimal comma.
double number(const std::string & text, const std::string & key) {
    std::istringstream in(text);
    in.imbue(std::locale::classic());
    double value = 0;
    in >> std::noskipws >> value;
    if (in.fail() || in.peek() != std::istringstream::traits_type::eof() || !std::isfinite(value)) {
        fail(TOKAPU_ERROR_ARGUMENT, "metadata override %s: '%s' is not a number", key.c_str(), text.c_str());
    }
    return value;
}

int64_t integer(const std::string & text, const std::string & key) {
    char * end            = nullptr;
    errno                 = 0;
    const long long value = std::strtoll(text.c_str(), &end, 10);
    if (text.empty() || *end != '\0' || errno != 0) {
        fail(TOKAPU_ERROR_ARGUMENT, "metadata override %s: '%s' is not an integer", key.c_str(), text.c_str());
    }
    return value;
}

llama_model_kv_override parse_override(const std::string & key, const std::string & type, const std::string & value) {
    llama_model_kv_override result = {};
    if (key.empty() || key.size() >= sizeof(result.key)) {
        fail(TOKAPU_ERROR_ARGUMENT, "metadata override '%s': a key has 1 to %zu bytes", key.c_str(),
             sizeof(result.key) - 1);
    }
    std::memcpy(result.key, key.c_str(), key.size());
    switch (type.size() == 1 ? type[0] - '0' : -1) {
        case TOKAPU_OVERRIDE_INT:
            result.tag     = LLAMA_KV_OVERRIDE_TYPE_INT;
            result.val_i64 = integer(value, key);
            break;
        case TOKAPU_OVERRIDE_FLOAT:
            result.tag     = LLAMA_KV_OVERRIDE_TYPE_FLOAT;
            result.val_f64 = number(value, key);
            break;
        case TOKAPU_OVERRIDE_BOOL:
            if (value != "true" && value != "false") {
                fail(TOKAPU_ERROR_ARGUMENT, "metadata override %s: '%s' is not true or false", key.c_str(), value.c_str());
            }
            result.tag      = LLAMA_KV_OVERRIDE_TYPE_BOOL;
            result.val_bool = value == "true";
            break;
        case TOKAPU_OVERRIDE_TEXT:
            if (value.size() >= sizeof(result.val_str)) {
                fail(TOKAPU_ERROR_ARGUMENT, "metadata override %s: the text has %zu bytes; at most %zu can be passed",
                     key.c_str(), value.size(), sizeof(result.val_str) - 1);
            }
            result.tag = LLAMA_KV_OVERRIDE_TYPE_STR;
            std::memcpy(result.val_str, value.c_str(), value.size());
            break;
        default:
            fail(TOKAPU_ERROR_ARGUMENT, "metadata override %s: there is no override type '%s'", key.c_str(), type.c_str());
    }
    return result;
}

// As parse_override() reads it.
std::string override_text(const llama_model_kv_override & item) {
    switch (item.tag) {
        case LLAMA_KV_OVERRIDE_TYPE_INT:
            return std::to_string(item.val_i64);
        case LLAMA_KV_OVERRIDE_TYPE_FLOAT: {
            std::ostringstream text;
            text.imbue(std::locale::classic());
            text << std::setprecision(std::numeric_limits<double>::max_digits10) << item.val_f64;
            return text.str();
        }
        case LLAMA_KV_OVERRIDE_TYPE_BOOL:
            return item.val_bool ? "true" : "false";
        default:
            return item.val_str;
    }
}

}  // namespace

bool on_progress(float value, void * data) {
    auto * progress = static_cast<Progress *>(data);
    if (progress->callback != nullptr && !progress->cancelled) {
        progress->cancelled = progress->callback(value, progress->user_data) == 0;
    }
    return !progress->cancelled;
}

void add_overrides(std::vector<std::string> & arguments, const std::vector<llama_model_kv_override> & overrides) {
    std::vector<std::string> texts;
    for (const llama_model_kv_override & item : overrides) {
        if (item.key[0] != '\0') {  // the end is marked by an empty key
            texts.insert(texts.end(), { item.key, std::to_string(item.tag), override_text(item) });
        }
    }
    arguments.push_back(std::to_string(texts.size() / 3));
    arguments.insert(arguments.end(), texts.begin(), texts.end());
}

std::vector<llama_model_kv_override> read_overrides(const char * overrides, int32_t n_overrides) {
    require_range(n_overrides, 0, 10000, "n_overrides");
    const std::vector<std::string>       texts = list_in(overrides, 3 * n_overrides, "overrides");
    std::vector<llama_model_kv_override> list;
    for (size_t i = 0; i < texts.size(); i += 3) {
        list.push_back(parse_override(texts[i], texts[i + 1], texts[i + 2]));
    }
    return list;
}

void read_model_options(ModelLoad & load, const int64_t * options, int32_t n_options, const char * overrides,
                        int32_t n_overrides, int64_t placement, tokapu_progress_callback progress, int64_t user_data) {
    require(options, "options");
    require_range(n_options, TOKAPU_MODEL_I_COUNT, TOKAPU_MODEL_I_COUNT, "n_options");
    require_range(options[TOKAPU_MODEL_I_LOAD_MODE], LLAMA_LOAD_MODE_AUTO, LLAMA_LOAD_MODE_DIRECT_IO, "the load mode");
    require_range(options[TOKAPU_MODEL_I_LAZY_MODE], LLAMA_LAZY_MODE_OFF, LLAMA_LAZY_MODE_ON, "the lazy mode");
    require_flag(options[TOKAPU_MODEL_I_VOCAB_ONLY], "vocab_only");
    require_flag(options[TOKAPU_MODEL_I_CHECK_TENSORS], "check_tensors");
    require_flag(options[TOKAPU_MODEL_I_USE_EXTRA_BUFTS], "use_extra_bufts");
    require_flag(options[TOKAPU_MODEL_I_LOAD_MTP], "load_mtp");
    require_range(options[TOKAPU_MODEL_I_PROBE], TOKAPU_PROBE_NONE, TOKAPU_PROBE_INSIDE, "the probe");
    load.probe                  = options[TOKAPU_MODEL_I_PROBE];
    load.params.load_mode       = static_cast<llama_load_mode>(options[TOKAPU_MODEL_I_LOAD_MODE]);
    load.params.lazy_mode       = static_cast<llama_lazy_mode>(options[TOKAPU_MODEL_I_LAZY_MODE]);
    load.params.vocab_only      = options[TOKAPU_MODEL_I_VOCAB_ONLY] != 0;
    load.params.check_tensors   = options[TOKAPU_MODEL_I_CHECK_TENSORS] != 0;
    load.params.use_extra_bufts = options[TOKAPU_MODEL_I_USE_EXTRA_BUFTS] != 0;
    load.params.load_mtp        = options[TOKAPU_MODEL_I_LOAD_MTP] != 0;
    read_placement(load, options, placement);

    load.overrides = read_overrides(overrides, n_overrides);
    if (!load.overrides.empty()) {
        load.overrides.push_back({});  // the end is marked by an empty key
        load.params.kv_overrides = load.overrides.data();
    }
    load.progress                           = { progress, user_data, false };
    load.params.progress_callback           = on_progress;
    load.params.progress_callback_user_data = &load.progress;
}

}  // namespace tokapu

using namespace tokapu;

extern "C" int32_t tokapu_model_defaults(int64_t * options, int32_t n_options) {
    return guarded([&] {
        require(options, "options");
        require_range(n_options, TOKAPU_MODEL_I_COUNT, TOKAPU_MODEL_I_COUNT, "n_options");
        const llama_model_params params         = llama_model_default_params();
        options[TOKAPU_MODEL_I_LOAD_MODE]       = params.load_mode;
        options[TOKAPU_MODEL_I_LAZY_MODE]       = params.lazy_mode;
        options[TOKAPU_MODEL_I_VOCAB_ONLY]      = params.vocab_only ? 1 : 0;
        options[TOKAPU_MODEL_I_CHECK_TENSORS]   = params.check_tensors ? 1 : 0;
        options[TOKAPU_MODEL_I_USE_EXTRA_BUFTS] = params.use_extra_bufts ? 1 : 0;
        options[TOKAPU_MODEL_I_N_GPU_LAYERS]    = params.n_gpu_layers;
        options[TOKAPU_MODEL_I_SPLIT_MODE]      = params.split_mode;
        options[TOKAPU_MODEL_I_MAIN_GPU]        = params.main_gpu;
        options[TOKAPU_MODEL_I_NO_HOST]         = params.no_host ? 1 : 0;
        options[TOKAPU_MODEL_I_NO_ALLOC]        = params.no_alloc ? 1 : 0;
        options[TOKAPU_MODEL_I_PROBE]           = TOKAPU_PROBE_CHECK;
        options[TOKAPU_MODEL_I_LOAD_MTP]        = params.load_mtp ? 1 : 0;
        return TOKAPU_OK;
    });
}
