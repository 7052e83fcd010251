/*
 * tokapu.h - the waist of Tokapu: one flat C ABI over llama.cpp that never throws.
 *
 * Everything above (FFM, JNI, the Java API) calls only this header; everything below is llama.cpp of exactly the pinned
 * release. The rules that hold for every function:
 *
 *   Types      int32_t, int64_t, float, double, bytes. No struct by value, no C long, no pointer that the caller must free.
 *   Status     TOKAPU_OK (0) or a negative TOKAPU_ERROR_*. Positive values appear only where a function documents them.
 *              Results come through out-parameters, which are written on success only (text lengths also when a buffer
 *              was too small). After an error tokapu_last_error() tells, per thread, what happened.
 *   Handles    int64_t, never 0, never reused. A handle that was freed, is of another kind or was never given answers
 *              TOKAPU_ERROR_HANDLE. Children keep their parents' memory alive: any order of freeing is safe. Memory is
 *              released when the last call in flight has returned.
 *   Text in    UTF-8 with an explicit byte length; it may hold NUL bytes. A list of texts is passed as one block of
 *              consecutive NUL-terminated strings and their count.
 *   Text out   written to (buf, capacity) without a terminating NUL; *length receives the bytes needed. A buffer that is
 *              too small answers TOKAPU_ERROR_BUFFER and writes no text.
 *   Threads    Models, templates and the process-wide functions may be used by any number of threads at once. A context
 *              or a sampler serves one call at a time: a second thread gets TOKAPU_ERROR_BUSY instead of a data race.
 *   Asserts    A failed GGML_ASSERT on the calling thread is caught: the call answers TOKAPU_ERROR_ABORT and the context
 *              or model it happened in is poisoned, that is, it answers TOKAPU_ERROR_POISONED from then on and can only
 *              be freed. Asserts on compute threads cannot be caught.
 *   Options    Numeric options cross as two arrays, int64_t and double, indexed by the TOKAPU_*_I_ and TOKAPU_*_F_
 *              constants. tokapu_*_defaults() fills them with llama.cpp's own defaults.
 */
#ifndef TOKAPU_H
#define TOKAPU_H

#include <stdint.h>

#if defined(_WIN32)
#    if defined(TOKAPU_BUILD)
#        define TOKAPU_API __declspec(dllexport)
#    else
#        define TOKAPU_API __declspec(dllimport)
#    endif
#else
#    define TOKAPU_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Raised whenever a signature, a constant or a meaning in this file changes. */
#define TOKAPU_ABI_VERSION 12

/* --- status ------------------------------------------------------------------------------------------------------- */

enum tokapu_status {
    TOKAPU_OK = 0,
    TOKAPU_ERROR_ARGUMENT = -1,    /* an argument is out of range or makes no sense here; nothing was done */
    TOKAPU_ERROR_HANDLE = -2,      /* not a live handle of this kind */
    TOKAPU_ERROR_BUSY = -3,        /* another thread is inside this context or sampler */
    TOKAPU_ERROR_BUFFER = -4,      /* the buffer is too small; *length holds the size that is needed */
    TOKAPU_ERROR_MODEL = -5,       /* the model or adapter could not be loaded (assertions that fail while loading as well) */
    TOKAPU_ERROR_CONTEXT = -6,     /* the context could not be created (likewise) */
    TOKAPU_ERROR_DECODE = -7,      /* llama_decode or llama_encode failed; processed micro-batches stay in memory */
    TOKAPU_ERROR_GRAMMAR = -8,     /* a grammar is malformed, or a token was accepted that it forbids */
    TOKAPU_ERROR_TEMPLATE = -9,    /* a chat template is missing, malformed or refused its input */
    TOKAPU_ERROR_TOKENIZE = -10,   /* the text cannot be tokenized by this vocabulary */
    TOKAPU_ERROR_UNSUPPORTED = -11,/* this model, memory type or build cannot do that */
    TOKAPU_ERROR_CANCELLED = -12,  /* the progress callback asked to stop */
    TOKAPU_ERROR_BACKEND = -13,    /* a compute backend could not be loaded */
    TOKAPU_ERROR_NATIVE = -14,     /* a C++ exception; tokapu_last_error() has its text */
    TOKAPU_ERROR_ABORT = -15,      /* a native assertion failed and was caught; the object is poisoned */
    TOKAPU_ERROR_POISONED = -16,   /* an earlier call ended in TOKAPU_ERROR_ABORT */
    TOKAPU_ERROR_MEMORY = -17,     /* out of memory, on the host or on a device; the message says where and how much */
    TOKAPU_ERROR_STATE = -18,      /* the state of a sequence is damaged or does not fit; the sequence is empty now */
    TOKAPU_ERROR_CALLBACK = -19,   /* a sampler callback failed; nothing is poisoned */
    TOKAPU_ERROR_ANSWER = -20      /* an answer is not in the format that its template asked for */
};

/* Positive results of tokapu_decode() and tokapu_encode(): not errors. */
enum tokapu_decode_status {
    TOKAPU_DECODE_OK = 0,
    TOKAPU_DECODE_NO_KV_SLOT = 1,  /* no room in the KV cache for this batch; the memory is as before the call */
    TOKAPU_DECODE_ABORTED = 2      /* tokapu_context_abort() stopped it; processed micro-batches stay in memory */
};

/* Describes the last error of the calling thread, with the native log line that explains it where there is one.
 * Empty when the thread has had no error. */
TOKAPU_API int32_t tokapu_last_error(char * buf, int32_t capacity, int32_t * length);

/* --- version and log ---------------------------------------------------------------------------------------------- */

/* TOKAPU_ABI_VERSION of the loaded library. */
TOKAPU_API int32_t tokapu_abi_version(void);

/* The llama.cpp release that is inside, for example "0.5.0". */
TOKAPU_API int32_t tokapu_llama_version(char * buf, int32_t capacity, int32_t * length);

/* Levels of log lines, as ggml_log_level. Continuation fragments never reach the callback: it gets whole lines. */
enum tokapu_log_level {
    TOKAPU_LOG_DEBUG = 1,
    TOKAPU_LOG_INFO = 2,
    TOKAPU_LOG_WARN = 3,
    TOKAPU_LOG_ERROR = 4
};

/* Receives one whole log line, NUL-terminated UTF-8 without the newline, on whatever thread wrote it. Answers 0 to get no
 * more. Must not throw and must not call back into this header. */
typedef int32_t (*tokapu_log_callback)(int32_t level, const char * text);

/* Sends the log lines of level >= min_level to the callback, beside others that have been set; set again, a callback has the
 * new level. NULL takes all out: lines are discarded then. Nothing is ever written to stdout or stderr. Process-wide. When it
 * returns, no callback is under way that began before it. */
TOKAPU_API int32_t tokapu_log_set(tokapu_log_callback callback, int32_t min_level);

/* --- backend ------------------------------------------------------------------------------------------------------ */

/* On a machine with several NUMA nodes: where compute threads run, as ggml_numa_strategy. Of no effect on others, and not on
 * Linux. */
enum tokapu_numa_strategy {
    TOKAPU_NUMA_NONE = 0,       /* where the system puts them */
    TOKAPU_NUMA_DISTRIBUTE = 1, /* in turn on all nodes */
    TOKAPU_NUMA_ISOLATE = 2,    /* on the node of the thread that calls tokapu_backend_init() */
    TOKAPU_NUMA_NUMACTL = 3     /* on the processors that this thread may use, as numactl has set them */
};

/* Loads the compute backends found in a directory; must succeed once before a model is loaded. The CPU backend has one
 * library for each micro-architecture ("variant"): cpu_variant names one of them (for example "haswell"), or is of
 * length 0 for the fastest one whose instructions both the processor and the operating system support. A variant that
 * cannot run here is refused, never loaded. numa is a tokapu_numa_strategy; TOKAPU_NUMA_DISTRIBUTE is refused where it would
 * take threads to processors that this process may not use or was told not to. Later calls do nothing when they ask for the
 * same variant (or none) and the same strategy (or TOKAPU_NUMA_NONE), and answer TOKAPU_ERROR_BACKEND when they ask for
 * another: one process, one variant and one strategy. */
TOKAPU_API int32_t tokapu_backend_init(const char * directory, int32_t directory_length,
                                       const char * cpu_variant, int32_t cpu_variant_length, int32_t numa);

/* The strategy that tokapu_backend_init() has set, TOKAPU_NUMA_NONE before that, and the NUMA nodes with processors that this
 * process may use, up to the 8 that ggml knows: 1 also where the system has no nodes or does not tell. */
TOKAPU_API int32_t tokapu_backend_numa(int32_t * strategy, int32_t * n_nodes);

/* The physical cores that this process may use, of several kinds only the fastest. 0 when the system does not tell here: what
 * Linux has in /sys is read by the caller. */
TOKAPU_API int32_t tokapu_backend_performance_cores(int32_t * n_cores);

/* Lists the CPU variants in a directory, one per line: name TAB score TAB reason. The score is 0 for a variant that
 * cannot run here and the reason then says why; otherwise the reason is empty. Best first. Loads nothing for good. */
TOKAPU_API int32_t tokapu_backend_cpu_variants(const char * directory, int32_t directory_length,
                                               char * buf, int32_t capacity, int32_t * length);

/* The name of the CPU variant that tokapu_backend_init() loaded; empty before that. */
TOKAPU_API int32_t tokapu_backend_cpu_variant(char * buf, int32_t capacity, int32_t * length);

/* llama_print_system_info(): instruction set features of the loaded backends. */
TOKAPU_API int32_t tokapu_backend_system_info(char * buf, int32_t capacity, int32_t * length);

/* Loads a further compute backend beside the CPU's, for example libggml-cuda.so; tokapu_backend_init() must have
 * succeeded. *n_devices receives the number of devices that it adds. TOKAPU_ERROR_BACKEND, with the words of the linker or of
 * the driver, when it cannot be loaded or finds no device; the process goes on without it. Loading the same file again does
 * nothing. */
TOKAPU_API int32_t tokapu_backend_load(const char * path, int32_t path_length, int32_t * n_devices);

/* Loads a shared library for good and binds all its symbols, so that a backend that needs it finds it by its SONAME,
 * wherever the file lies. TOKAPU_ERROR_BACKEND, with the words of the linker, which name a library that is missing. Nothing in
 * it is called except its initializers. */
TOKAPU_API int32_t tokapu_library_open(const char * path, int32_t path_length);

/* The NVIDIA driver: its version TAB the newest CUDA version that it supports, for example "580.159.03\t13.0"; either is empty
 * when the driver does not tell. Empty altogether when there is no driver. */
TOKAPU_API int32_t tokapu_cuda_driver(char * buf, int32_t capacity, int32_t * length);

/* --- devices ------------------------------------------------------------------------------------------------------ */

/* Devices are numbered 0 .. count - 1 in the order in which their backends were loaded; a number stays valid. */
TOKAPU_API int32_t tokapu_device_count(int32_t * n);

enum tokapu_device_type { /* as ggml_backend_dev_type */
    TOKAPU_DEVICE_CPU = 0,
    TOKAPU_DEVICE_GPU = 1,   /* with memory of its own */
    TOKAPU_DEVICE_IGPU = 2,  /* shares the host's memory */
    TOKAPU_DEVICE_ACCEL = 3, /* used together with the CPU */
    TOKAPU_DEVICE_META = 4   /* several devices as one */
};

enum tokapu_device_info_key {
    TOKAPU_DEVICE_INFO_TYPE = 0,           /* tokapu_device_type */
    TOKAPU_DEVICE_INFO_MEMORY_FREE,        /* bytes, now */
    TOKAPU_DEVICE_INFO_MEMORY_TOTAL,       /* bytes */
    TOKAPU_DEVICE_INFO_COMPUTE_CAPABILITY, /* CUDA: 10 * major + minor, for example 90; 0 for others */
    TOKAPU_DEVICE_INFO_COUNT
};

/* Fills info[TOKAPU_DEVICE_INFO_COUNT]. */
TOKAPU_API int32_t tokapu_device_info(int32_t device, int64_t * info, int32_t n_info);

enum tokapu_device_text_key {
    TOKAPU_DEVICE_TEXT_NAME = 0,    /* "CUDA0" */
    TOKAPU_DEVICE_TEXT_DESCRIPTION, /* "NVIDIA H200" */
    TOKAPU_DEVICE_TEXT_BACKEND,     /* "CUDA" */
    TOKAPU_DEVICE_TEXT_ID           /* PCI address, "0000:01:00.0"; may be empty */
};

TOKAPU_API int32_t tokapu_device_text(int32_t device, int32_t key, char * buf, int32_t capacity, int32_t * length);

/* Computes two small products of a matrix and a vector on the device and compares them with the right answers. TOKAPU_ERROR_BACKEND, with the
 * driver's words, when the device does not work (no machine code for it in the backend, out of memory, a broken driver). */
TOKAPU_API int32_t tokapu_device_check(int32_t device);

/* Where the parts of a model go: an object that tokapu_model_load*() reads; it may be freed right after.
 *   devices          [n_devices] the devices that may hold layers, in this order; n_devices = 0: none, everything stays with
 *                    the CPU; n_devices = -1: all GPUs, as llama.cpp chooses
 *   tensor_split     [n_split] share of each device, >= 0 and not all 0; n_split = 0: by free memory. With n_devices >= 0 both
 *                    counts are equal unless n_split = 0
 *   patterns         n_patterns NUL-terminated regular expressions (ECMAScript) for tensor names; the first that is found in
 *                    a name decides
 *   pattern_devices  [n_patterns] the device whose memory holds the tensors that match (a CPU: the host's memory) */
TOKAPU_API int32_t tokapu_placement_new(const int32_t * devices, int32_t n_devices, const float * tensor_split,
                                        int32_t n_split, const char * patterns, const int32_t * pattern_devices,
                                        int32_t n_patterns, int64_t * placement);
TOKAPU_API int32_t tokapu_placement_free(int64_t placement);

/* --- model -------------------------------------------------------------------------------------------------------- */

enum tokapu_model_option_i {
    TOKAPU_MODEL_I_LOAD_MODE = 0,   /* llama_load_mode: -1 auto, 0 none, 1 mmap, 2 mlock, 3 mmap+mlock, 4 direct I/O */
    TOKAPU_MODEL_I_LAZY_MODE,       /* llama_lazy_mode: 0 off, 1 auto, 2 on */
    TOKAPU_MODEL_I_VOCAB_ONLY,      /* 0 or 1: vocabulary and metadata only, no weights */
    TOKAPU_MODEL_I_CHECK_TENSORS,   /* 0 or 1: validate tensor data while loading */
    TOKAPU_MODEL_I_USE_EXTRA_BUFTS, /* 0 or 1: repack weights for this processor */
    TOKAPU_MODEL_I_N_GPU_LAYERS,    /* layers that go to devices, counted from the last, the output layer first; -1 all */
    TOKAPU_MODEL_I_SPLIT_MODE,      /* llama_split_mode: 0 none, 1 layer, 2 row, 3 tensor */
    TOKAPU_MODEL_I_MAIN_GPU,        /* with split mode none: which of the devices, >= 0 and less than their number */
    TOKAPU_MODEL_I_NO_HOST,         /* 0 or 1: no pinned host buffers, so that other buffer types can be used */
    TOKAPU_MODEL_I_NO_ALLOC,        /* 0 or 1: no weights, whatever the load mode; memory is only planned: see
                                       tokapu_context_memory() */
    TOKAPU_MODEL_I_PROBE,           /* tokapu_probe: how a file is tried before it is trusted */
    TOKAPU_MODEL_I_LOAD_MTP,        /* 0 or 1: the MTP heads of the file too, for tokapu_context_new_mtp() */
    TOKAPU_MODEL_I_COUNT
};

/* llama.cpp ends the process for some files. What is checked costs little; the processes are started from the program
 * libtokapu-probe.so beside this library, and where none can be started the file is loaded without. A file that ends such a
 * process is TOKAPU_ERROR_MODEL, with the signal and llama.cpp's last words. */
enum tokapu_probe {
    TOKAPU_PROBE_NONE = 0,    /* not at all: the file is known to be sound */
    TOKAPU_PROBE_CHECK = 1,   /* numbers of the file are checked; the default */
    TOKAPU_PROBE_PLAN = 2,    /* as well, another process loads it without its weights and plans a context */
    TOKAPU_PROBE_COMPUTE = 3, /* as well, another process loads it and computes two tokens */
    TOKAPU_PROBE_INSIDE = 4   /* for that process: checked, and without weights the vocabulary is left out too */
};

/* Fills options[TOKAPU_MODEL_I_COUNT]. */
TOKAPU_API int32_t tokapu_model_defaults(int64_t * options, int32_t n_options);

/* Called with 0.0 .. 1.0 on the loading thread; returning 0 cancels the load (TOKAPU_ERROR_CANCELLED). Must not throw. */
typedef int32_t (*tokapu_progress_callback)(float progress, int64_t user_data);

enum tokapu_override_type {
    TOKAPU_OVERRIDE_INT = 0,
    TOKAPU_OVERRIDE_FLOAT = 1,
    TOKAPU_OVERRIDE_BOOL = 2,
    TOKAPU_OVERRIDE_TEXT = 3
};

/* Loads a model from one GGUF file, or from all parts of a split model in order.
 * paths: n_paths NUL-terminated strings. overrides: n_overrides metadata overrides as 3 NUL-terminated strings each:
 * the key, the tokapu_override_type as a digit, the value as text. placement: 0 for llama.cpp's own. progress may be NULL.
 * TOKAPU_ERROR_MEMORY when a device or the host has not enough memory. */
TOKAPU_API int32_t tokapu_model_load(const char * paths, int32_t n_paths, const int64_t * options, int32_t n_options,
                                     const char * overrides, int32_t n_overrides, int64_t placement,
                                     tokapu_progress_callback progress, int64_t user_data, int64_t * model);

/* Loads a model that lies inside a larger file, for example stored without compression in a jar, from byte offset to
 * offset + size. Mapped in place when the offset is a multiple of 32. */
TOKAPU_API int32_t tokapu_model_load_range(const char * path, int32_t path_length, int64_t offset, int64_t size,
                                           const int64_t * options, int32_t n_options,
                                           const char * overrides, int32_t n_overrides, int64_t placement,
                                           tokapu_progress_callback progress, int64_t user_data, int64_t * model);

/* Loads a model from an open file descriptor, from byte offset to offset + size; size 0 means to the end of the file.
 * The descriptor is duplicated: it stays the caller's. */
TOKAPU_API int32_t tokapu_model_load_fd(int32_t fd, int64_t offset, int64_t size,
                                        const int64_t * options, int32_t n_options,
                                        const char * overrides, int32_t n_overrides, int64_t placement,
                                        tokapu_progress_callback progress, int64_t user_data, int64_t * model);

TOKAPU_API int32_t tokapu_model_free(int64_t model);

enum tokapu_model_info_key {
    TOKAPU_MODEL_INFO_SIZE = 0,            /* bytes of all tensors */
    TOKAPU_MODEL_INFO_N_PARAMS,            /* parameters */
    TOKAPU_MODEL_INFO_N_CTX_TRAIN,         /* tokens */
    TOKAPU_MODEL_INFO_N_EMBD,
    TOKAPU_MODEL_INFO_N_EMBD_INP,
    TOKAPU_MODEL_INFO_N_EMBD_OUT,
    TOKAPU_MODEL_INFO_N_LAYER,
    TOKAPU_MODEL_INFO_N_LAYER_NEXTN,
    TOKAPU_MODEL_INFO_N_HEAD,
    TOKAPU_MODEL_INFO_N_HEAD_KV,
    TOKAPU_MODEL_INFO_N_SWA,               /* sliding window, tokens; 0 = none */
    TOKAPU_MODEL_INFO_N_CLS_OUT,           /* classifier outputs */
    TOKAPU_MODEL_INFO_ROPE_TYPE,           /* llama_rope_type */
    TOKAPU_MODEL_INFO_FTYPE,               /* llama_ftype */
    TOKAPU_MODEL_INFO_HAS_ENCODER,         /* 0 or 1, as the following */
    TOKAPU_MODEL_INFO_HAS_DECODER,
    TOKAPU_MODEL_INFO_IS_RECURRENT,
    TOKAPU_MODEL_INFO_IS_HYBRID,
    TOKAPU_MODEL_INFO_IS_DIFFUSION,
    TOKAPU_MODEL_INFO_DECODER_START_TOKEN, /* -1 = none */
    TOKAPU_MODEL_INFO_N_META,              /* metadata entries */
    TOKAPU_MODEL_INFO_VOCAB_TYPE,          /* llama_vocab_type; 0 = no vocabulary */
    TOKAPU_MODEL_INFO_N_VOCAB,             /* tokens in the vocabulary */
    TOKAPU_MODEL_INFO_BOS,                 /* token ids, -1 = none */
    TOKAPU_MODEL_INFO_EOS,
    TOKAPU_MODEL_INFO_EOT,
    TOKAPU_MODEL_INFO_SEP,
    TOKAPU_MODEL_INFO_NL,
    TOKAPU_MODEL_INFO_PAD,
    TOKAPU_MODEL_INFO_MASK,
    TOKAPU_MODEL_INFO_FIM_PRE,
    TOKAPU_MODEL_INFO_FIM_SUF,
    TOKAPU_MODEL_INFO_FIM_MID,
    TOKAPU_MODEL_INFO_FIM_PAD,
    TOKAPU_MODEL_INFO_FIM_REP,
    TOKAPU_MODEL_INFO_FIM_SEP,
    TOKAPU_MODEL_INFO_ADD_BOS,             /* 0 or 1, as the following */
    TOKAPU_MODEL_INFO_ADD_EOS,
    TOKAPU_MODEL_INFO_ADD_SEP,
    TOKAPU_MODEL_INFO_N_EXPERT,            /* experts of a mixture-of-experts model, 0 = none */
    TOKAPU_MODEL_INFO_N_DEVICES,           /* devices that its layers may lie on */
    TOKAPU_MODEL_INFO_COUNT
};

/* Fills info[TOKAPU_MODEL_INFO_COUNT]. */
TOKAPU_API int32_t tokapu_model_info(int64_t model, int64_t * info, int32_t n_info);

/* The devices that the model's layers may lie on, TOKAPU_MODEL_INFO_N_DEVICES of them; *n receives their number. */
TOKAPU_API int32_t tokapu_model_devices(int64_t model, int32_t * devices, int32_t capacity, int32_t * n);

/* Where the weights lie, one line for each kind of buffer: name TAB device (-1 = none) TAB bytes. Weights that are used where the
 * file is mapped count as host memory, its other parts do not. With no_alloc: what they would take. */
TOKAPU_API int32_t tokapu_model_memory(int64_t model, char * buf, int32_t capacity, int32_t * length);

/* A one-line description, for example "llama 135M Q4_1". */
TOKAPU_API int32_t tokapu_model_description(int64_t model, char * buf, int32_t capacity, int32_t * length);

/* Key and value of metadata entry index, 0 <= index < TOKAPU_MODEL_INFO_N_META. Arrays come abridged, as text. */
TOKAPU_API int32_t tokapu_model_meta_key(int64_t model, int32_t index, char * buf, int32_t capacity, int32_t * length);
TOKAPU_API int32_t tokapu_model_meta_value(int64_t model, int32_t index, char * buf, int32_t capacity, int32_t * length);

/* The label of classifier output index; empty when it has none. */
TOKAPU_API int32_t tokapu_model_cls_label(int64_t model, int32_t index, char * buf, int32_t capacity, int32_t * length);

/* --- vocabulary --------------------------------------------------------------------------------------------------- */

/* Text to token ids. *n_tokens receives the number of tokens; when it exceeds the capacity nothing is written and the
 * status is TOKAPU_ERROR_BUFFER. add_special: add BOS/EOS as the model is configured. parse_special: read the text of
 * control tokens ("<|im_end|>") as those tokens; never set it for text that users typed. Without it no marker becomes a token,
 * USER_DEFINED ones included. */
TOKAPU_API int32_t tokapu_tokenize(int64_t model, const char * text, int32_t text_length, int32_t add_special,
                                   int32_t parse_special, int32_t * tokens, int32_t capacity, int32_t * n_tokens);

/* Token ids to text (bytes; they end inside a character when the tokens do). remove_special: drop BOS/EOS as the model is
 * configured. unparse_special: render control tokens. */
TOKAPU_API int32_t tokapu_detokenize(int64_t model, const int32_t * tokens, int32_t n_tokens, int32_t remove_special,
                                     int32_t unparse_special, char * buf, int32_t capacity, int32_t * length);

/* The bytes of one token as they appear in running text. special: render control tokens, which are empty otherwise. */
TOKAPU_API int32_t tokapu_token_piece(int64_t model, int32_t token, int32_t special, char * buf, int32_t capacity,
                                      int32_t * length);

/* The token as it stands in the vocabulary. */
TOKAPU_API int32_t tokapu_token_text(int64_t model, int32_t token, char * buf, int32_t capacity, int32_t * length);

/* llama_token_attr bits; score; whether it ends a generation (EOS, EOT, ...); whether it is a control token. */
TOKAPU_API int32_t tokapu_token_attributes(int64_t model, int32_t token, int32_t * attributes);
TOKAPU_API int32_t tokapu_token_score(int64_t model, int32_t token, float * score);
TOKAPU_API int32_t tokapu_token_is_eog(int64_t model, int32_t token, int32_t * is_eog);
TOKAPU_API int32_t tokapu_token_is_control(int64_t model, int32_t token, int32_t * is_control);

/* --- context ------------------------------------------------------------------------------------------------------ */

enum tokapu_context_option_i {
    TOKAPU_CONTEXT_I_N_CTX = 0,             /* tokens; 0 = as trained */
    TOKAPU_CONTEXT_I_N_BATCH,               /* tokens per tokapu_decode() at most */
    TOKAPU_CONTEXT_I_N_UBATCH,              /* tokens per compute graph at most */
    TOKAPU_CONTEXT_I_N_SEQ_MAX,             /* sequences */
    TOKAPU_CONTEXT_I_N_RS_SEQ,              /* recurrent-state snapshots per sequence */
    TOKAPU_CONTEXT_I_N_OUTPUTS_MAX,         /* outputs per micro-batch; 0 = n_batch */
    TOKAPU_CONTEXT_I_N_OUTPUTS_MAX_PER_SEQ, /* 0 = n_outputs_max */
    TOKAPU_CONTEXT_I_N_THREADS,             /* threads for one token */
    TOKAPU_CONTEXT_I_N_THREADS_BATCH,       /* threads for several tokens */
    TOKAPU_CONTEXT_I_ROPE_SCALING_TYPE,     /* llama_rope_scaling_type */
    TOKAPU_CONTEXT_I_POOLING_TYPE,          /* llama_pooling_type */
    TOKAPU_CONTEXT_I_ATTENTION_TYPE,        /* llama_attention_type */
    TOKAPU_CONTEXT_I_FLASH_ATTN_TYPE,       /* llama_flash_attn_type */
    TOKAPU_CONTEXT_I_YARN_ORIG_CTX,
    TOKAPU_CONTEXT_I_TYPE_K,                /* ggml_type of the K cache: 0 f32, 1 f16, 30 bf16, 8 q8_0, 2 q4_0, ... */
    TOKAPU_CONTEXT_I_TYPE_V,
    TOKAPU_CONTEXT_I_EMBEDDINGS,            /* 0 or 1, as the following */
    TOKAPU_CONTEXT_I_OFFLOAD_KQV,
    TOKAPU_CONTEXT_I_NO_PERF,
    TOKAPU_CONTEXT_I_OP_OFFLOAD,
    TOKAPU_CONTEXT_I_SWA_FULL,
    TOKAPU_CONTEXT_I_KV_UNIFIED,
    TOKAPU_CONTEXT_I_POLL,                  /* 0 .. 100: how long idle compute threads spin before they sleep */
    TOKAPU_CONTEXT_I_HOST_MEMORY,           /* MiB of the host's memory that KV cache and states may take; 0 = what the machine has */
    TOKAPU_CONTEXT_I_COUNT
};

enum tokapu_context_option_f {
    TOKAPU_CONTEXT_F_ROPE_FREQ_BASE = 0,    /* 0 = from the model */
    TOKAPU_CONTEXT_F_ROPE_FREQ_SCALE,       /* 0 = from the model */
    TOKAPU_CONTEXT_F_YARN_EXT_FACTOR,       /* negative = from the model */
    TOKAPU_CONTEXT_F_YARN_ATTN_FACTOR,
    TOKAPU_CONTEXT_F_YARN_BETA_FAST,
    TOKAPU_CONTEXT_F_YARN_BETA_SLOW,
    TOKAPU_CONTEXT_F_COUNT
};

/* Fills ints[TOKAPU_CONTEXT_I_COUNT] and floats[TOKAPU_CONTEXT_F_COUNT]. */
TOKAPU_API int32_t tokapu_context_defaults(int64_t * ints, int32_t n_ints, double * floats, int32_t n_floats);

/* Creates a context with its own pool of compute threads. For a model that was loaded with no_alloc, it only plans: such a
 * context refuses to compute. */
TOKAPU_API int32_t tokapu_context_new(int64_t model, const int64_t * ints, int32_t n_ints, const double * floats,
                                      int32_t n_floats, int64_t * context);

/* Frees it. A call that another thread is inside is aborted and ends first. */
TOKAPU_API int32_t tokapu_context_free(int64_t context);

enum tokapu_context_info_key {
    TOKAPU_CONTEXT_INFO_N_CTX = 0,
    TOKAPU_CONTEXT_INFO_N_CTX_SEQ,    /* tokens per sequence; no more than the model has learned positions for */
    TOKAPU_CONTEXT_INFO_N_BATCH,
    TOKAPU_CONTEXT_INFO_N_UBATCH,
    TOKAPU_CONTEXT_INFO_N_SEQ_MAX,
    TOKAPU_CONTEXT_INFO_N_RS_SEQ,
    TOKAPU_CONTEXT_INFO_N_THREADS,
    TOKAPU_CONTEXT_INFO_N_THREADS_BATCH,
    TOKAPU_CONTEXT_INFO_POOLING_TYPE, /* llama_pooling_type in effect */
    TOKAPU_CONTEXT_INFO_HAS_MEMORY,   /* 0 for encoder-only models: no KV cache, no tokapu_decode() history */
    TOKAPU_CONTEXT_INFO_CAN_SHIFT,    /* tokapu_memory_seq_add() and _div() work */
    TOKAPU_CONTEXT_INFO_COUNT
};

/* Fills info[TOKAPU_CONTEXT_INFO_COUNT] with what is in effect, which may differ from what was asked for. */
TOKAPU_API int32_t tokapu_context_info(int64_t context, int64_t * info, int32_t n_info);

/* Where model and context lie, one line for each kind of buffer: name TAB device (-1 = none) TAB bytes of weights TAB bytes of
 * KV cache and recurrent state TAB bytes of compute buffers. */
TOKAPU_API int32_t tokapu_context_memory(int64_t context, char * buf, int32_t capacity, int32_t * length);

/* The threads of the last few numbers are kept and sleep: going back and forth costs little. */
TOKAPU_API int32_t tokapu_context_set_threads(int64_t context, int32_t n_threads, int32_t n_threads_batch);
TOKAPU_API int32_t tokapu_context_set_embeddings(int64_t context, int32_t embeddings);
TOKAPU_API int32_t tokapu_context_set_causal_attention(int64_t context, int32_t causal);

/* Processes a batch: n_tokens tokens (or, when tokens is NULL, n_tokens input embeddings of n_embd_inp floats each).
 *   tokens         [n_tokens] ids, or NULL
 *   embeddings     [n_tokens * n_embd_inp], row-major, or NULL
 *   positions      [n_tokens] >= 0, or NULL: each sequence goes on from where it is
 *   n_seq_ids      [n_tokens] number of sequences of each token, >= 1, or NULL: all in sequence 0
 *   seq_ids        [sum of n_seq_ids] sequence ids, or NULL when n_seq_ids is NULL
 *   outputs        [n_tokens] non-zero where logits or embeddings are wanted, or NULL: the last token only (all tokens
 *                  when the context makes embeddings)
 * Returns a tokapu_decode_status or a negative status. Every value is checked before llama.cpp sees it; a gap in the
 * positions of a sequence is TOKAPU_ERROR_ARGUMENT as well. Unless it returns TOKAPU_DECODE_OK, there are no outputs. */
TOKAPU_API int32_t tokapu_decode(int64_t context, int32_t n_tokens, const int32_t * tokens, const float * embeddings,
                                 const int32_t * positions, const int32_t * n_seq_ids, const int32_t * seq_ids,
                                 const int8_t * outputs);

/* The same through the encoder (encoder-decoder and embedding models); leaves the KV cache alone. n_tokens must not
 * exceed n_ubatch. */
TOKAPU_API int32_t tokapu_encode(int64_t context, int32_t n_tokens, const int32_t * tokens, const float * embeddings,
                                 const int32_t * positions, const int32_t * n_seq_ids, const int32_t * seq_ids,
                                 const int8_t * outputs);

/* Whether the following decodes keep hidden states of every token: with draft = 0 that which MTP heads draft from, otherwise those
 * that the EAGLE-3 draft model with that handle reads. Reading them costs a copy to the host for each token, of n_embd_out floats or
 * of n_embd for each of three layers. TOKAPU_ERROR_UNSUPPORTED for a model without heads or loaded without them (load_mtp), a draft
 * model of another architecture, a model of whose layers llama.cpp does not tell, a context that makes embeddings, and one that
 * drafts from hidden states, which keeps those of its outputs anyway; TOKAPU_ERROR_ARGUMENT for a draft model that reads other
 * layers than the model has. */
TOKAPU_API int32_t tokapu_context_set_hidden_states(int64_t context, int32_t hidden_states, int64_t draft);

/* Creates a context of the MTP heads of a model that was loaded with load_mtp: it has a KV cache of its own, of the heads'
 * layers alone, and computes with tokapu_decode_hidden() only; of several heads with the first (HY V3, MiMo 2, Step 3.5). The options
 * are those of tokapu_context_new(). TOKAPU_ERROR_UNSUPPORTED when there are no heads, or llama.cpp has no way to compute them
 * alone, for several heads of other architectures, for DeepSeek 4, whose hidden states come in an order that is not known, and where
 * n_embd_out is not n_embd. */
TOKAPU_API int32_t tokapu_context_new_mtp(int64_t model, const int64_t * ints, int32_t n_ints, const double * floats,
                                          int32_t n_floats, int64_t * context);

/* Creates a context of an EAGLE-3 draft model (architecture eagle3) for a context of the model that it was trained for: it has a KV
 * cache of its own and computes with tokapu_decode_hidden() only. It uses the token embeddings and the output layer of the target's
 * model where it has none, so that the target is freed no sooner than it. The options are those of tokapu_context_new(), which
 * refuses such models. TOKAPU_ERROR_UNSUPPORTED for another architecture, a target of whose layers llama.cpp does not tell, and draft
 * models that llama.cpp cannot compute safely; TOKAPU_ERROR_ARGUMENT where it does not fit: another number of tokens, layers that
 * the target does not have, states of another width, and shared tensors on a device that it does not use. */
TOKAPU_API int32_t tokapu_context_new_eagle3(int64_t model, int64_t target, const int64_t * ints, int32_t n_ints,
                                             const double * floats, int32_t n_floats, int64_t * context);

/* Processes a batch with MTP heads or an EAGLE-3 draft model, whose logits say what follows each token: n_tokens tokens, each with
 * the hidden state of the token before it in its sequence; where that is the target's, EAGLE-3's encoder makes it first, of those of
 * three layers.
 *   tokens, positions, n_seq_ids, seq_ids, outputs  as for tokapu_decode(); tokens is not NULL. A sequence may begin at any position.
 *                  For EAGLE-3 outputs are of all tokens or of none: llama.cpp has no others
 *   source         the context that has the hidden states: one of the same model, or of the model of the target, with
 *                  tokapu_context_set_hidden_states(), or context itself, to go on from a token that it drafted
 *   rows           [n_tokens] index of a token of the source's last batch, with an output where source is context; -1: zeros, for
 *                  a token that has none before it, or whose hidden state is not known. With a unified KV cache, sliding windows and
 *                  no swa_full there are none of a batch of several sequences that did not fit in one micro-batch
 * Returns what tokapu_decode() returns; TOKAPU_ERROR_UNSUPPORTED, too, when rows name tokens and source, another context, has no
 * hidden states of its last batch. */
TOKAPU_API int32_t tokapu_decode_hidden(int64_t context, int32_t n_tokens, const int32_t * tokens, const int32_t * positions,
                                        const int32_t * n_seq_ids, const int32_t * seq_ids, const int8_t * outputs,
                                        int64_t source, const int32_t * rows);

/* Waits until the devices have computed what was asked for. Reading outputs waits by itself; measuring time needs this. */
TOKAPU_API int32_t tokapu_context_synchronize(int64_t context);

/* Asks a running decode or encode to stop (any thread; on the CPU within one graph node) with TOKAPU_DECODE_ABORTED.
 * With active = 1 later calls are refused the same way until active = 0 is set. */
TOKAPU_API int32_t tokapu_context_abort(int64_t context, int32_t active);

/* Copies the logits [n_vocab] of token index of the last batch; -1 is the last output. TOKAPU_ERROR_ARGUMENT when that
 * token was not asked for. capacity in floats. */
TOKAPU_API int32_t tokapu_logits(int64_t context, int32_t index, float * logits, int32_t capacity);

/* Copies the embedding [n_embd_out] of token index of the last batch (pooling none), or that of a sequence (other
 * poolings; with pooling rank [n_cls_out]). *n receives the number of floats. */
TOKAPU_API int32_t tokapu_embeddings(int64_t context, int32_t index, float * embeddings, int32_t capacity, int32_t * n);
TOKAPU_API int32_t tokapu_embeddings_seq(int64_t context, int32_t seq_id, float * embeddings, int32_t capacity,
                                         int32_t * n);

/* --- adapters ----------------------------------------------------------------------------------------------------- */

/* Loads a LoRA adapter for a model from a GGUF file, as convert_lora_to_gguf.py writes them. It keeps the model alive. Every
 * tensor is compared with the model's: TOKAPU_ERROR_MODEL when the file is damaged, not an adapter or made for another model.
 * Contexts that exist already can use it. */
TOKAPU_API int32_t tokapu_adapter_load(int64_t model, const char * path, int32_t path_length, int64_t * adapter);

/* Loads one that lies inside a larger file, for example stored without compression in a jar, from byte offset to offset + size. */
TOKAPU_API int32_t tokapu_adapter_load_range(int64_t model, const char * path, int32_t path_length, int64_t offset, int64_t size,
                                             int64_t * adapter);

/* Loads one from an open file descriptor, from byte offset to offset + size; size 0 means to the end of the file.
 * The descriptor is duplicated: it stays the caller's. */
TOKAPU_API int32_t tokapu_adapter_load_fd(int64_t model, int32_t fd, int64_t offset, int64_t size, int64_t * adapter);

/* Contexts that it is set in go on with it. */
TOKAPU_API int32_t tokapu_adapter_free(int64_t adapter);

/* Bytes of all its tensors. */
TOKAPU_API int32_t tokapu_adapter_size(int64_t adapter, int64_t * size);

/* Tells adapters apart, as tokapu_context_state_key() does models: the same bytes have the same one, wherever they lie. */
TOKAPU_API int32_t tokapu_adapter_fingerprint(int64_t adapter, char * buf, int32_t capacity, int32_t * length);

/* How many metadata entries it has; arrays are not among them. */
TOKAPU_API int32_t tokapu_adapter_meta_count(int64_t adapter, int32_t * n);

/* Key and value of metadata entry index, 0 <= index < the count, in no order. */
TOKAPU_API int32_t tokapu_adapter_meta_key(int64_t adapter, int32_t index, char * buf, int32_t capacity, int32_t * length);
TOKAPU_API int32_t tokapu_adapter_meta_value(int64_t adapter, int32_t index, char * buf, int32_t capacity, int32_t * length);

/* The tokens from which on an activated adapter (aLoRA) is meant to work, none for others; *n_tokens receives their number. */
TOKAPU_API int32_t tokapu_adapter_invocation_tokens(int64_t adapter, int32_t * tokens, int32_t capacity, int32_t * n_tokens);

/* Sets all adapters of a context and their scales, from the next decode on; n = 0 takes them away. They count for every
 * sequence, and what memory holds already stays as the adapters of its time have made it. An adapter with scale 0 does nothing.
 * The context keeps them alive and plans its memory anew, unless nothing changes. Adapters of another model and an adapter
 * that is named twice are TOKAPU_ERROR_ARGUMENT, adapters that the model's compute graph cannot take TOKAPU_ERROR_UNSUPPORTED;
 * after an error those of before are in effect. */
TOKAPU_API int32_t tokapu_context_set_adapters(int64_t context, const int64_t * adapters, const float * scales, int32_t n);

/* Adds a control vector to the outputs of layers first_layer to last_layer, both included, from the next decode on, in place of
 * the one before; n = 0 takes it away. data: [layers - 1, n_embd] numbers, beginning with layer 1: layer 0 has none. */
TOKAPU_API int32_t tokapu_context_set_control_vector(int64_t context, const float * data, int32_t n, int32_t first_layer,
                                                     int32_t last_layer);

/* Has the context keep what its layers put out, from the next decode on: control vectors are made of it. Decoding is slower from
 * then on. It takes the place of an importance matrix that the context collects. */
TOKAPU_API int32_t tokapu_layers_start(int64_t context);

/* Copies what a layer put out for the tokens of the last micro-batch: n = tokens * n_embd numbers. 0 <= layer < layers - 1: the last
 * one computes only the tokens that have outputs. TOKAPU_ERROR_UNSUPPORTED when there are none, or of another number of tokens. */
TOKAPU_API int32_t tokapu_layers_get(int64_t context, int32_t layer, float * values, int32_t n);

/* --- memory (KV cache and recurrent state) ------------------------------------------------------------------------ */

/* Positions are [p0, p1); p0 < 0 means from 0, p1 < 0 means to the end. */
TOKAPU_API int32_t tokapu_memory_clear(int64_t context, int32_t data);

/* seq_id -1 matches any sequence. TOKAPU_ERROR_UNSUPPORTED when this memory cannot remove a part of a sequence. */
TOKAPU_API int32_t tokapu_memory_seq_rm(int64_t context, int32_t seq_id, int32_t p0, int32_t p1);
/* What dst had in that range is replaced. TOKAPU_ERROR_UNSUPPORTED for a part of a sequence when the context was made
 * with kv_unified = 0 and several sequences, or when the model is recurrent or hybrid. */
TOKAPU_API int32_t tokapu_memory_seq_cp(int64_t context, int32_t src, int32_t dst, int32_t p0, int32_t p1);
TOKAPU_API int32_t tokapu_memory_seq_keep(int64_t context, int32_t seq_id);
TOKAPU_API int32_t tokapu_memory_seq_add(int64_t context, int32_t seq_id, int32_t p0, int32_t p1, int32_t delta);
TOKAPU_API int32_t tokapu_memory_seq_div(int64_t context, int32_t seq_id, int32_t p0, int32_t p1, int32_t divisor);

/* Smallest and largest position present; both -1 when the sequence is empty. */
TOKAPU_API int32_t tokapu_memory_seq_range(int64_t context, int32_t seq_id, int32_t * pos_min, int32_t * pos_max);

/* --- state of a sequence ------------------------------------------------------------------------------------------ */

/* A state is what the memory holds of one sequence, as bytes in an object of its own, independent of context and model. Any
 * number of threads may read one. It fits a context whose tokapu_context_state_key() is the same: compare before restoring. */

/* Everything that must be equal for a state to mean the same: lines of name TAB value (llama.cpp's release, the model's
 * fingerprint, types of the KV cache, its layout, RoPE). */
TOKAPU_API int32_t tokapu_context_state_key(int64_t context, char * buf, int32_t capacity, int32_t * length);

/* Takes the state of a sequence. partial = 1: only what cannot be had by removing positions, that is, sliding windows and
 * recurrent state; TOKAPU_ERROR_UNSUPPORTED for a memory that has neither. */
TOKAPU_API int32_t tokapu_state_save(int64_t context, int32_t seq_id, int32_t partial, int64_t * state);

/* An empty state, to be filled by tokapu_state_append(). */
TOKAPU_API int32_t tokapu_state_new(int64_t * state);
TOKAPU_API int32_t tokapu_state_append(int64_t state, const char * data, int32_t length);
TOKAPU_API int32_t tokapu_state_free(int64_t state);

TOKAPU_API int32_t tokapu_state_size(int64_t state, int64_t * size);

/* Copies length bytes from an offset; all of them must exist. */
TOKAPU_API int32_t tokapu_state_read(int64_t state, int64_t offset, char * data, int32_t length);

/* Puts a state into a sequence, in place of what it has; a partial one in place of the sliding windows and the recurrent state
 * only. The bytes may come from anywhere: what cannot be right is TOKAPU_ERROR_STATE, and the sequence is empty then. What the
 * bytes mean is not checked. */
TOKAPU_API int32_t tokapu_state_restore(int64_t state, int64_t context, int32_t seq_id, int32_t partial);

/* A state copy is a whole state on its way out of a sequence or into it, in parts: between them the context decodes other
 * sequences. What the sequence had when the copy began must stay: it may grow and be cut back, but when one of those positions
 * is removed, moved or replaced, the rest of the copy is TOKAPU_ERROR_STATE and changes nothing (in one buffer, where sequences
 * share cells, also when positions of another sequence are moved). While it is restored nothing may be decoded into it that
 * counts. Where a memory moves what it has (recurrent and hybrid models, sliding windows), all is copied at the beginning.
 *
 * continued: a state of a context with the same tokapu_context_state_key(); the sequence has the same tokens at the first `common`
 * positions. Their keys and values are shared with it and not copied, if it has them in the format of a plain KV cache and little
 * else; otherwise all is copied. common = 0: there is none. It may be freed; nothing can be appended to it any more. */
TOKAPU_API int32_t tokapu_state_copy_save(int64_t context, int32_t seq_id, int64_t continued, int32_t common, int64_t * copy);

/* As tokapu_state_restore(). The sequence has its positions at once, and is of use when the copy is complete. */
TOKAPU_API int32_t tokapu_state_copy_restore(int64_t state, int64_t context, int32_t seq_id, int64_t * copy);

/* Copies the next bytes, about as many as asked for, or fewer where they are scattered; *left: the bytes still to be copied, 0
 * when it is complete. Where copying itself failed, this copy has no more of use, and a sequence that was being restored is empty. */
TOKAPU_API int32_t tokapu_state_copy_next(int64_t copy, int64_t bytes, int64_t * left);

/* The state that a complete tokapu_state_copy_save() has taken. */
TOKAPU_API int32_t tokapu_state_copy_state(int64_t copy, int64_t * state);

/* Also of a copy that is not complete; what was restored of a sequence is then of no use. */
TOKAPU_API int32_t tokapu_state_copy_free(int64_t copy);

/* --- samplers ----------------------------------------------------------------------------------------------------- */

/* An empty chain for a model. The add functions append; parameters and formulas as in llama.h. */
TOKAPU_API int32_t tokapu_sampler_new(int64_t model, int64_t * sampler);
TOKAPU_API int32_t tokapu_sampler_free(int64_t sampler);
/* An independent copy with the same state (random generators, grammar position, penalties window). */
TOKAPU_API int32_t tokapu_sampler_clone(int64_t sampler, int64_t * clone);

TOKAPU_API int32_t tokapu_sampler_add_greedy(int64_t sampler);
/* seed -1 (0xFFFFFFFF): a random seed. */
TOKAPU_API int32_t tokapu_sampler_add_dist(int64_t sampler, int32_t seed);
TOKAPU_API int32_t tokapu_sampler_add_top_k(int64_t sampler, int32_t k);
TOKAPU_API int32_t tokapu_sampler_add_top_p(int64_t sampler, float p, int32_t min_keep);
TOKAPU_API int32_t tokapu_sampler_add_min_p(int64_t sampler, float p, int32_t min_keep);
TOKAPU_API int32_t tokapu_sampler_add_typical(int64_t sampler, float p, int32_t min_keep);
TOKAPU_API int32_t tokapu_sampler_add_temp(int64_t sampler, float temperature);
TOKAPU_API int32_t tokapu_sampler_add_temp_ext(int64_t sampler, float temperature, float delta, float exponent);
TOKAPU_API int32_t tokapu_sampler_add_xtc(int64_t sampler, float probability, float threshold, int32_t min_keep,
                                          int32_t seed);
TOKAPU_API int32_t tokapu_sampler_add_top_n_sigma(int64_t sampler, float n);
TOKAPU_API int32_t tokapu_sampler_add_mirostat(int64_t sampler, int32_t seed, float tau, float eta, int32_t m);
TOKAPU_API int32_t tokapu_sampler_add_mirostat_v2(int64_t sampler, int32_t seed, float tau, float eta);
TOKAPU_API int32_t tokapu_sampler_add_grammar(int64_t sampler, const char * grammar, int32_t grammar_length,
                                              const char * root, int32_t root_length);
/* patterns: n_patterns NUL-terminated regular expressions. */
TOKAPU_API int32_t tokapu_sampler_add_grammar_lazy(int64_t sampler, const char * grammar, int32_t grammar_length,
                                                   const char * root, int32_t root_length,
                                                   const char * patterns, int32_t n_patterns,
                                                   const int32_t * tokens, int32_t n_tokens);
/* last_n: tokens, 0 = off, -1 = as many as the model was trained to read. */
TOKAPU_API int32_t tokapu_sampler_add_penalties(int64_t sampler, int32_t last_n, float repeat, float frequency,
                                                float presence);
/* penalty_last_n: tokens, 0 = off. breakers: n_breakers NUL-terminated strings. */
TOKAPU_API int32_t tokapu_sampler_add_dry(int64_t sampler, float multiplier, float base, int32_t allowed_length,
                                          int32_t penalty_last_n, const char * breakers, int32_t n_breakers);
TOKAPU_API int32_t tokapu_sampler_add_adaptive_p(int64_t sampler, float target, float decay, int32_t seed);
TOKAPU_API int32_t tokapu_sampler_add_logit_bias(int64_t sampler, const int32_t * tokens, const float * biases,
                                                 int32_t n);
TOKAPU_API int32_t tokapu_sampler_add_infill(int64_t sampler);

/* What a sampler callback is asked to do, always on the thread of the call that it is part of. */
enum tokapu_sampler_event {
    TOKAPU_SAMPLER_APPLY = 0, /* work on the candidates, argument of them: see tokapu_sampler_candidates() */
    TOKAPU_SAMPLER_ACCEPT,    /* argument is a token that was chosen */
    TOKAPU_SAMPLER_RESET,     /* go back to the first state */
    TOKAPU_SAMPLER_CLONE,     /* answer the user data, >= 0, of an independent copy with the same state */
    TOKAPU_SAMPLER_FREE       /* this user data will not be used again; the answer is ignored */
};

/* A sampler in the caller's code: one call for each event. Answers 0 (or the copy), or a negative number to fail the call that
 * it is part of with TOKAPU_ERROR_CALLBACK. Must not throw. It may use this header, except for the chain and the context that
 * run it, which answer TOKAPU_ERROR_BUSY; freeing them is allowed and takes effect after the call. */
typedef int64_t (*tokapu_sampler_callback)(int64_t user_data, int32_t event, int64_t argument);

/* Appends a sampler in the caller's code. name: for tokapu_sampler_name(). selects: 1 when it selects a token and so may end a
 * chain. user_data >= 0. TOKAPU_SAMPLER_FREE comes exactly once for it when this call succeeded, and never when it failed. It
 * may be applied twice for one token, when a grammar refuses the first choice. On a device the chain ends before it. */
TOKAPU_API int32_t tokapu_sampler_add_callback(int64_t sampler, const char * name, int32_t name_length, int32_t selects,
                                               tokapu_sampler_callback callback, int64_t user_data);

enum tokapu_candidates_key {
    TOKAPU_CANDIDATES_N = 0,    /* how many there are */
    TOKAPU_CANDIDATES_SELECTED, /* index of the selected one, -1 = none */
    TOKAPU_CANDIDATES_SORTED,   /* 1: by falling logit */
    TOKAPU_CANDIDATES_COUNT
};

/* Copies the candidates out, inside of TOKAPU_SAMPLER_APPLY and on its thread only. state: TOKAPU_CANDIDATES_COUNT numbers. The
 * probabilities are what the last sampler that computes them has left, 0 before. capacity in candidates. */
TOKAPU_API int32_t tokapu_sampler_candidates(int32_t * tokens, float * logits, float * probabilities, int32_t capacity,
                                             int32_t * state);

/* Replaces the candidates by 1 .. as many as there were before the callback. TOKAPU_ERROR_ARGUMENT, and nothing has changed,
 * for a token outside of the vocabulary, a logit that is NaN or plus infinity, logits that are all minus infinity, an index
 * that is out of range, or candidates that are not sorted though state says so. */
TOKAPU_API int32_t tokapu_sampler_set_candidates(const int32_t * tokens, const float * logits, const float * probabilities,
                                                 const int32_t * state);

/* Samples from output index of the context's last batch and accepts the token. The chain must end in a sampler that
 * selects (greedy, dist, mirostat, mirostat_v2, adaptive_p or a callback that does).
 * A grammar, wherever it stands, is treated as llama.cpp's own tools do: the other samplers choose a token, the grammar looks
 * at that one, and only when it forbids it the grammar masks the whole vocabulary and the others choose again, which draws from
 * their random generators a second time. TOKAPU_ERROR_GRAMMAR when that leaves no token; the chain is as usable as before. */
TOKAPU_API int32_t tokapu_sampler_sample(int64_t sampler, int64_t context, int32_t index, int32_t * token);

/* tokapu_sampler_sample() for n pairs of a chain and an output index of one context at once, on up to n_threads threads, the
 * calling one among them; chains with callbacks run on the calling one. The same index may occur more than once, a chain may not.
 * statuses receives a status for each pair, and where that is TOKAPU_OK tokens its token: one chain that fails does not
 * concern the others. The answer is TOKAPU_OK unless the call itself is wrong; tokapu_last_error() tells the first failure. */
TOKAPU_API int32_t tokapu_sampler_sample_many(int64_t context, int32_t n, const int64_t * samplers, const int32_t * indices,
                                              int32_t n_threads, int32_t * tokens, int32_t * statuses);

/* Applies the chain to n candidates in place, without accepting: every sampler at its place in the chain, grammars too. *n_left
 * receives how many remain, in the chain's order; *selected the index of the selected one or -1. */
TOKAPU_API int32_t tokapu_sampler_apply(int64_t sampler, int32_t * tokens, float * logits, float * probabilities,
                                        int32_t n, int32_t * n_left, int32_t * selected);

/* Tells the chain that a token was chosen. A token that a grammar forbids answers TOKAPU_ERROR_GRAMMAR; the chain then
 * refuses use until tokapu_sampler_reset(). */
TOKAPU_API int32_t tokapu_sampler_accept(int64_t sampler, int32_t token);

/* Shows tokens to the chain that were not generated, such as a prompt: penalties look back at them. Grammars, which concern what
 * is generated, and callbacks do not see them. */
TOKAPU_API int32_t tokapu_sampler_accept_prompt(int64_t sampler, const int32_t * tokens, int32_t n_tokens);

TOKAPU_API int32_t tokapu_sampler_reset(int64_t sampler);

/* Lets the device that computes the outputs of a sequence run its sampler chain, from the next decode on; sampler 0 takes it
 * back. *attached receives 1 when the whole chain runs there, 2 when its first part does and tokapu_sampler_sample() goes on
 * with the rest, 0 when it cannot (then nothing has changed, and sampling goes on as before). While a chain is attached the
 * context keeps it alive and uses it in tokapu_decode(): a chain serves one context and one sequence, cannot be extended, and
 * tokapu_logits() has nothing for that sequence. tokapu_sampler_sample() returns what the device selected.
 * A clone of an attached chain is not attached; accepting and resetting work as ever. Make the context with
 * N_OUTPUTS_MAX_PER_SEQ = 1: the device reserves memory for as many outputs, and penalties run there with one only. */
TOKAPU_API int32_t tokapu_context_set_sampler(int64_t context, int32_t seq_id, int64_t sampler, int32_t * attached);

/* The seed in use (of the last sampler of the chain that has one), -1 when there is none. */
TOKAPU_API int32_t tokapu_sampler_seed(int64_t sampler, int32_t * seed);
TOKAPU_API int32_t tokapu_sampler_count(int64_t sampler, int32_t * n);
TOKAPU_API int32_t tokapu_sampler_name(int64_t sampler, int32_t index, char * buf, int32_t capacity, int32_t * length);

/* --- reasoning budgets -------------------------------------------------------------------------------------------- */

/* Ends thoughts. Counts the tokens behind the start of a thought; when the budget is spent, or after
 * tokapu_reasoning_end(), the forced tokens are the only candidates, one after the other. A thought that ends by
 * itself, with one of the ends, is left alone. Once at most, and first in its chain; a lazy grammar of the chain does not look at
 * thoughts. Sees what is accepted and sampled, not tokapu_sampler_accept_prompt().
 * start: tokens of the text that begins a thought; ends: the tokens of n_ends texts, end_lengths[i] each, one after the other;
 * forced: usually a text and one of the ends; budget: tokens, INT32_MAX for no limit; thinking: 1 when the answer begins inside a
 * thought. */
TOKAPU_API int32_t tokapu_reasoning_add_budget(int64_t sampler, const int32_t * start, int32_t n_start,
                                                       const int32_t * ends, const int32_t * end_lengths, int32_t n_ends,
                                                       const int32_t * forced, int32_t n_forced, int32_t budget,
                                                       int32_t thinking);

/* Ends the thought that is being generated, with the next token; does nothing between thoughts. Any thread, also while the
 * chain samples. TOKAPU_ERROR_UNSUPPORTED without tokapu_reasoning_add_budget(). */
TOKAPU_API int32_t tokapu_reasoning_end(int64_t sampler);

/* --- chat templates ----------------------------------------------------------------------------------------------- */

/* Compiles a Jinja chat template: the given source, or the model's own when source_length is 0. */
TOKAPU_API int32_t tokapu_chat_template_new(int64_t model, const char * source, int32_t source_length,
                                            int64_t * chat_template);
TOKAPU_API int32_t tokapu_chat_template_free(int64_t chat_template);
TOKAPU_API int32_t tokapu_chat_template_source(int64_t chat_template, char * buf, int32_t capacity, int32_t * length);

/* What the template can do, a JSON object of booleans (supports_tools, supports_system_role, ...). */
TOKAPU_API int32_t tokapu_chat_template_caps(int64_t chat_template, char * buf, int32_t capacity, int32_t * length);

/* Renders a conversation. request: a JSON object
 *   messages               [OpenAI chat messages]          required
 *   tools                  [OpenAI tool definitions]
 *   tool_choice            "auto" | "required" | "none"
 *   tool_name              the one tool that must be called
 *   parallel_tool_calls    boolean; whether the template can, unless given
 *   add_generation_prompt  boolean, default true
 *   chat_template_kwargs   object: further variables of the template; preserve_reasoning, whether templates that can do both
 *                          show old thoughts, is true unless given
 *   enable_thinking        boolean; whether the template can, unless given here or as a variable
 *   reasoning_format       "none" | "auto" | "deepseek", default "deepseek": thoughts are parsed apart
 *   answer_grammar         GBNF, its rule root: what an answer must be that calls no tool, behind its thoughts.
 *                          TOKAPU_ERROR_GRAMMAR where it is malformed
 *   answer_parser          boolean, default false: whether to make a parser; the caller frees it
 * Result, a JSON object
 *   prompt                 the text to tokenize with parse_special (BOS/EOS as the tokenizer adds them)
 *   plain                  [from, to, from, to ..]: bytes of the prompt to tokenize without parse_special, as there are texts of
 *                          control tokens that the template has not written itself
 *   cuts                   [byte] of the prompt where tokenizing could as well begin anew, without BOS: the tokens of the parts are
 *                          those of the whole. Each depends on what stands before it alone, so that prompts that begin alike have
 *                          the same there
 *   stops                  [text] that end the answer
 *   grammar                GBNF for the answer, or ""; grammar_lazy, grammar_triggers [{type, value, token}] as llama.cpp has them
 *   generation_prompt      the end of the prompt that begins the answer: to be accepted by a grammar that is not lazy, and by
 *                          tokapu_reasoning_add_budget(), before the first token
 *   preserved_tokens       [text] of control tokens that are part of the answer's text
 *   supports_thinking, thinking_start_tag, thinking_end_tags [text]
 *   answer_parser          the handle of a new parser for the answer, where the request wants it and the answer is not its text alone
 * Result and arguments may be large: when the buffer is too small the result is kept for this thread, and
 * tokapu_cached_text() fetches it without doing the work again. */
TOKAPU_API int32_t tokapu_chat_template_apply(int64_t chat_template, const char * request, int32_t request_length,
                                              char * buf, int32_t capacity, int32_t * length);

/* The text that the last tokapu_chat_template_apply(), tokapu_answer_parser_parse() or tokapu_quantize() of this thread could not
 * deliver; then forgets it. */
TOKAPU_API int32_t tokapu_cached_text(char * buf, int32_t capacity, int32_t * length);

/* --- answer parsers ----------------------------------------------------------------------------------------------- */

/* Takes answers of chat models apart: answer_parser of tokapu_chat_template_apply(). Any number of threads may use one at once. */
TOKAPU_API int32_t tokapu_answer_parser_free(int64_t parser);

/* Parses an answer's text so far (partial 1) or its whole (0). Result, a JSON object
 *   content                the text
 *   reasoning_content      the thoughts
 *   tool_calls             [{id, name, arguments}], of a partial answer with the arguments' JSON so far; id may be ""
 * TOKAPU_ERROR_ANSWER when the text is not in the format. A large result is kept as tokapu_chat_template_apply() does. */
TOKAPU_API int32_t tokapu_answer_parser_parse(int64_t parser, const char * text, int32_t text_length, int32_t partial,
                                              char * buf, int32_t capacity, int32_t * length);

/* --- quantizing --------------------------------------------------------------------------------------------------- */

enum tokapu_quantize_option_i {
    TOKAPU_QUANTIZE_I_FTYPE = 0,        /* llama_ftype: what most tensors become */
    TOKAPU_QUANTIZE_I_N_THREADS,        /* 0: as many as processors */
    TOKAPU_QUANTIZE_I_OUTPUT_TYPE,      /* ggml_type of output.weight; -1 as the file type has it */
    TOKAPU_QUANTIZE_I_EMBEDDING_TYPE,   /* ggml_type of the token embeddings; -1 as the file type has it */
    TOKAPU_QUANTIZE_I_ALLOW_REQUANTIZE, /* 0 or 1: also tensors that are quantized already */
    TOKAPU_QUANTIZE_I_QUANTIZE_OUTPUT,  /* 0 or 1: output.weight as well */
    TOKAPU_QUANTIZE_I_ONLY_COPY,        /* 0 or 1: no tensor is changed */
    TOKAPU_QUANTIZE_I_PURE,             /* 0 or 1: all tensors to the same type */
    TOKAPU_QUANTIZE_I_DRY_RUN,          /* 0 or 1: only tell which types the tensors would get */
    TOKAPU_QUANTIZE_I_MAX_BUFFER,       /* bytes of a tensor that are in memory at once, at least 1 MiB */
    TOKAPU_QUANTIZE_I_INSIDE,           /* 0 or 1: in this process, for the one that is started for it */
    TOKAPU_QUANTIZE_I_KEEP_SPLIT,       /* 0 or 1: as many files as the model has, the output with -00001-of-0000N.gguf */
    TOKAPU_QUANTIZE_I_COUNT
};

/* Fills options[TOKAPU_QUANTIZE_I_COUNT]. */
TOKAPU_API int32_t tokapu_quantize_defaults(int64_t * options, int32_t n_options);

/* Quantizes a model file. llama.cpp ends the process for some files and numbers, so another one does it, from the program
 * libtokapu-probe.so beside this library; TOKAPU_ERROR_UNSUPPORTED where none can be started.
 * paths: three NUL-terminated strings: the model, or the first file of a split one; the file to be written, which must not be
 * there yet (empty for a dry run); the importance matrix, or an empty string. rules: 2 strings each, a regular expression that is
 * found in names of tensors and a ggml_type as a number; the first that is found decides. overrides: as tokapu_model_load() has
 * them, for the new file's metadata. pruned: layers to leave out. progress: 0.0 .. 1.0 by tensors, and between them again, so that
 * it can cancel at any time.
 * Result: a line for each tensor, name TAB type as ggml has its name. A large one is kept for tokapu_cached_text().
 * TOKAPU_ERROR_MODEL when the file cannot be quantized so; what was written then stays, as after TOKAPU_ERROR_CANCELLED. */
TOKAPU_API int32_t tokapu_quantize(const char * paths, const int64_t * options, int32_t n_options,
                                   const char * rules, int32_t n_rules, const char * overrides, int32_t n_overrides,
                                   const int32_t * pruned, int32_t n_pruned,
                                   tokapu_progress_callback progress, int64_t user_data,
                                   char * buf, int32_t capacity, int32_t * length);

/* --- importance matrices ------------------------------------------------------------------------------------------ */

/* Begins to sum up, while the context computes, the squares of the numbers that each column of its weights is multiplied with;
 * output 1: those of output.weight too. Begins anew where it was begun. Decoding is slower from then on. */
TOKAPU_API int32_t tokapu_imatrix_start(int64_t context, int32_t output);

/* The number of weights with sums, in the order of their names. TOKAPU_ERROR_DECODE when there were numbers that are not finite. */
TOKAPU_API int32_t tokapu_imatrix_count(int64_t context, int32_t * n);
TOKAPU_API int32_t tokapu_imatrix_name(int64_t context, int32_t index, char * buf, int32_t capacity, int32_t * length);

/* The sums of one: n_sums = columns * matrices of the tensor. counts: the rows that were added up, n_counts = 1 or one for each
 * expert. Both arrays must have the sizes that tokapu_imatrix_sizes() tells. */
TOKAPU_API int32_t tokapu_imatrix_sizes(int64_t context, int32_t index, int32_t * n_sums, int32_t * n_counts);
TOKAPU_API int32_t tokapu_imatrix_entry(int64_t context, int32_t index, float * sums, int32_t n_sums, int64_t * counts,
                                        int32_t n_counts);

/* --- for tests ---------------------------------------------------------------------------------------------------- */

/* Live handles of the process: models + contexts + samplers + templates + placements + states +
 * state copies + adapters + answer parsers. */
TOKAPU_API int32_t tokapu_live_handles(int64_t * n);

#ifdef __cplusplus
}
#endif

#endif
