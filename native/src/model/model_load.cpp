// Loading models: files, split files, ranges of files, file descriptors.
#include "backend/backend.h"
#include "core/arguments.h"
#include "gguf.h"
#include "model/fingerprint.h"
#include "model/model.h"
#include "model/model_check.h"
#include "model/model_options.h"
#include "model/probe.h"
#include "platform/files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tokapu {

namespace {

// The weights that the caller asked for, with what overrides make of them.
std::string fingerprint_of(const ModelLoad & load, Fingerprint & files) {
    for (const llama_model_kv_override & item : load.overrides) {
        files.add(item.key, strnlen(item.key, sizeof(item.key)));
        files.add(&item.tag, sizeof(item.tag));
        if (item.tag == LLAMA_KV_OVERRIDE_TYPE_STR) {
            files.add(item.val_str, strnlen(item.val_str, sizeof(item.val_str)));
        } else if (item.tag == LLAMA_KV_OVERRIDE_TYPE_BOOL) {
            files.add(&item.val_bool, sizeof(item.val_bool));
        } else {
            files.add(&item.val_i64, sizeof(item.val_i64));
        }
    }
    return files.text();
}

int32_t finish(const ModelLoad & load, llama_model * loaded, Fingerprint & files, const std::string & name,
               int64_t * model) {
    const auto object = std::make_shared<Model>(loaded, load.params, fingerprint_of(load, files));
    if (!load.params.vocab_only) {
        check_loaded(*loaded, name);
    }
    check_vocab(*object, name);
    *model = put_handle(object);
    return TOKAPU_OK;
}

// An abort while loading leaves no object behind that could be poisoned: the file is at fault.
template <class F> llama_model * loading(const ModelLoad & load, const std::string & name, F && body) {
    const RegistryReader reading;
    try {
        llama_model * loaded = std::forward<F>(body)();
        if (loaded == nullptr && load.progress.cancelled) {
            fail(TOKAPU_ERROR_CANCELLED, "loading %s was cancelled by the progress callback", name.c_str());
        }
        if (loaded == nullptr) {
            fail(memory_status(TOKAPU_ERROR_MODEL), "cannot load model %s", name.c_str());
        }
        return loaded;
    } catch (const AbortException & e) {
        fail(memory_status(TOKAPU_ERROR_MODEL), "cannot load model %s: %s", name.c_str(), e.message.c_str());
    }
}

void require_file(const std::string & path) {
    if (path.empty()) {
        fail(TOKAPU_ERROR_ARGUMENT, "a model path is empty");
    }
    const FileType type = file_status(path).type;
    if (type == FileType::missing) {
        fail(TOKAPU_ERROR_MODEL, "cannot load model '%s': %s", path.c_str(), std::strerror(errno));
    }
    if (type != FileType::regular) {
        fail(TOKAPU_ERROR_MODEL, "cannot load model '%s': it is %s, not a file", path.c_str(), type_name(type));
    }
}

File opened(File file, const std::string & name) {
    if (file == nullptr) {
        fail(TOKAPU_ERROR_MODEL, "cannot load model %s: %s", name.c_str(), std::strerror(errno));
    }
    return file;
}

void seek(const File & file, int64_t offset, const std::string & name) {
    if (!tokapu::seek(file.get(), offset)) {
        fail(TOKAPU_ERROR_MODEL, "cannot load model %s: %s", name.c_str(), std::strerror(errno));
    }
}

// The file is looked at, and tried, before llama.cpp gets it in this process.
void examine(ModelLoad & load, const File & file, const Probed & probed, const std::string & name) {
    const bool apart = load.probe == TOKAPU_PROBE_PLAN || load.probe == TOKAPU_PROBE_COMPUTE;
    const bool sound = apart && !load.params.vocab_only && probe(load, probed, name);  // it has checked the numbers too
    if (load.probe != TOKAPU_PROBE_NONE && !sound) {
        check_metadata(file.get(), load, name);
    }
    const bool weights = !load.params.vocab_only && !load.params.no_alloc;
    if (load.params.check_tensors && weights && load.probe != TOKAPU_PROBE_INSIDE && check_tensors_apart(load, probed, name)) {
        load.params.check_tensors = false;
    }
}

// Checks that the GGUF ends inside the range and returns the offset of its tensor data in the file.
int64_t check_extent(const File & file, int64_t offset, int64_t size, const std::string & name) {
    seek(file, offset, name);
    const gguf_init_params                                      params = { /*no_alloc*/ true, /*ctx*/ nullptr };
    const std::unique_ptr<gguf_context, void (*)(gguf_context *)> gguf(gguf_init_from_file_ptr(file.get(), params),
                                                                       gguf_free);
    if (gguf == nullptr) {
        fail(TOKAPU_ERROR_MODEL, "cannot load model %s", name.c_str());
    }
    const auto data = static_cast<int64_t>(gguf_get_data_offset(gguf.get()));
    int64_t    end  = data;
    for (int64_t i = 0; i < gguf_get_n_tensors(gguf.get()); i++) {
        end = std::max(end, data + static_cast<int64_t>(gguf_get_tensor_offset(gguf.get(), i) +
                                                        gguf_get_tensor_size(gguf.get(), i)));
    }
    if (end > offset + size) {
        fail(TOKAPU_ERROR_MODEL, "cannot load model %s: it needs %lld bytes but the range has %lld", name.c_str(),
             static_cast<long long>(end - offset), static_cast<long long>(size));
    }
    return data;
}

// mmap needs the tensor data at a multiple of 32; elsewhere the model is read into memory.
void avoid_unaligned_mmap(ModelLoad & load, int64_t data_offset) {
    if (data_offset % 32 == 0) {
        return;
    }
    if (load.params.load_mode == LLAMA_LOAD_MODE_AUTO || load.params.load_mode == LLAMA_LOAD_MODE_MMAP) {
        load.params.load_mode = LLAMA_LOAD_MODE_NONE;
    } else if (load.params.load_mode == LLAMA_LOAD_MODE_MMAP_MLOCK) {
        load.params.load_mode = LLAMA_LOAD_MODE_MLOCK;
    }
    load.params.lazy_mode = LLAMA_LAZY_MODE_OFF;
}

int32_t load_range(ModelLoad & load, const File & file, Probed probed, int64_t offset, int64_t size, const std::string & name,
                   int64_t * model) {
    const FileStatus status = file_status(file.get());
    if (status.type != FileType::regular) {
        fail(TOKAPU_ERROR_MODEL, "cannot load model %s: it is not a file", name.c_str());
    }
    if (offset > status.size || size > status.size - offset) {
        fail(TOKAPU_ERROR_ARGUMENT, "bytes %lld to %lld are outside of %s, which has %lld bytes",
             static_cast<long long>(offset), static_cast<long long>(offset + size), name.c_str(),
             static_cast<long long>(status.size));
    }
    size          = size == 0 ? status.size - offset : size;
    probed.offset = offset;
    probed.size   = size;
    seek(file, offset, name);
    examine(load, file, probed, name);
    llama_model * loaded = loading(load, name, [&] {
        avoid_unaligned_mmap(load, check_extent(file, offset, size, name));
        seek(file, offset, name);
        return llama_model_load_from_file_ptr(file.get(), load.params);
    });
    Fingerprint files;
    files.add_range(file.get(), offset, size);
    return finish(load, loaded, files, name, model);
}

}  // namespace

}  // namespace tokapu

using namespace tokapu;

extern "C" {

int32_t tokapu_model_load(const char * paths, int32_t n_paths, const int64_t * options, int32_t n_options,
                          const char * overrides, int32_t n_overrides, int64_t placement,
                          tokapu_progress_callback progress, int64_t user_data, int64_t * model) {
    return guarded([&] {
        require(model, "model");
        require_range(n_paths, 1, 65535, "n_paths");
        require_backend();
        ModelLoad load;
        read_model_options(load, options, n_options, overrides, n_overrides, placement, progress, user_data);
        const std::vector<std::string> files = list_in(paths, n_paths, "paths");
        std::vector<const char *>      names;
        for (const std::string & file : files) {
            require_file(file);
            names.push_back(file.c_str());
        }
        const std::string name = "'" + files[0] + "'" + (files.size() > 1 ? " and further parts" : "");
        Probed            probed;
        probed.paths = files;
        for (const std::string & file : files) {
            probed.size += file_status(file).size;
        }
        examine(load, opened(open_file(files[0]), name), probed, name);
        llama_model * loaded = loading(load, name, [&] {
            return names.size() == 1 ? llama_model_load_from_file(names[0], load.params) :
                                       llama_model_load_from_splits(names.data(), names.size(), load.params);
        });
        Fingerprint fingerprint;
        for (const std::string & file : files) {
            fingerprint.add_file(file);
        }
        return finish(load, loaded, fingerprint, name, model);
    });
}

int32_t tokapu_model_load_range(const char * path, int32_t path_length, int64_t offset, int64_t size,
                                const int64_t * options, int32_t n_options, const char * overrides, int32_t n_overrides,
                                int64_t placement, tokapu_progress_callback progress, int64_t user_data,
                                int64_t * model) {
    return guarded([&] {
        require(model, "model");
        require_range(offset, 0, INT64_MAX / 2, "offset");
        require_range(size, 1, INT64_MAX / 2, "size");
        require_backend();
        ModelLoad load;
        read_model_options(load, options, n_options, overrides, n_overrides, placement, progress, user_data);
        const std::string file_name = name_in(path, path_length, "path");
        require_file(file_name);
        const std::string name = "'" + file_name + "' at byte " + std::to_string(offset);
        const File        file = opened(open_file(file_name), name);
        Probed            probed;
        probed.paths = { file_name };
        return load_range(load, file, probed, offset, size, name, model);
    });
}

int32_t tokapu_model_load_fd(int32_t fd, int64_t offset, int64_t size, const int64_t * options, int32_t n_options,
                             const char * overrides, int32_t n_overrides, int64_t placement,
                             tokapu_progress_callback progress, int64_t user_data, int64_t * model) {
    return guarded([&] {
        require(model, "model");
        require_range(fd, 0, INT32_MAX, "fd");
        require_range(offset, 0, INT64_MAX / 2, "offset");
        require_range(size, 0, INT64_MAX / 2, "size");
        require_backend();
        ModelLoad load;
        read_model_options(load, options, n_options, overrides, n_overrides, placement, progress, user_data);
        const std::string name = "file descriptor " + std::to_string(fd) + " at byte " + std::to_string(offset);
        const File        file = opened(file_of(fd, name), name);
        Probed            probed;
        probed.fd = descriptor_of(file.get());
        return load_range(load, file, probed, offset, size, name, model);
    });
}

int32_t tokapu_model_free(int64_t model) {
    return guarded([&] {
        take_handle(model, Kind::model);
        return TOKAPU_OK;
    });
}

}  // extern "C"
