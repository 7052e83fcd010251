/*
 * A compute backend with pretended hardware, as a module: Java tests compile it to see what loading makes of it.
 *
 * STUB_NAME     what it is called, "CUDA" when it is not set
 * STUB_DEVICES  the number of its devices, 0 as on a machine without a GPU. They compute on the CPU.
 * STUB_START    0: it starts; 1: ggml_backend_init() gives up; 2: it aborts, as CUDA does when the driver fails
 * STUB_BROKEN   defined: its devices cannot be started
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

#ifndef STUB_NAME
#    define STUB_NAME "CUDA"
#endif
#ifndef STUB_DEVICES
#    define STUB_DEVICES 0
#endif
#ifndef STUB_START
#    define STUB_START 0
#endif

/* What is used of ggml-backend-impl.h, version 2 of its interface. */
enum { API_VERSION = 2, LOG_ERROR = 4, DEVICE_CPU = 0, DEVICE_GPU = 1 };

struct registry;
struct device;

struct properties {
    const char * name;
    const char * description;
    size_t       memory_free;
    size_t       memory_total;
    int          type;
    const char * device_id;
    bool         capabilities[5];
};

struct device_functions {
    const char * (*get_name)(struct device *);
    const char * (*get_description)(struct device *);
    void (*get_memory)(struct device *, size_t *, size_t *);
    int (*get_type)(struct device *);
    void (*get_props)(struct device *, struct properties *);
    void * (*init_backend)(struct device *, const char *);
    void * (*get_buffer_type)(struct device *);
    void * (*get_host_buffer_type)(struct device *);
    void * (*buffer_from_host_ptr)(struct device *, void *, size_t, size_t);
    bool (*supports_op)(struct device *, const void *);
    bool (*supports_buft)(struct device *, void *);
    bool (*offload_op)(struct device *, const void *);
    void * (*event_new)(struct device *);
    void (*event_free)(struct device *, void *);
    void (*event_synchronize)(struct device *, void *);
};

struct device {
    struct device_functions functions;
    struct registry *       registry;
    void *                  context;
};

struct registry {
    int version;
    const char * (*get_name)(struct registry *);
    size_t (*get_device_count)(struct registry *);
    struct device * (*get_device)(struct registry *, size_t);
    void * (*get_proc_address)(struct registry *, const char *);
    void * context;
};

struct registry * ggml_backend_init(void);

/* ggml's own functions: its libraries are open already, but not for everybody. */
static void * function(const char * library, const char * name) {
    return dlsym(dlopen(library, RTLD_NOW | RTLD_NOLOAD), name);
}

static struct device * cpu(void) {
    struct device * (*by_type)(int) = function("libtokapu-ggml.so", "ggml_backend_dev_by_type");
    return by_type(DEVICE_CPU);
}

static const char * device_name(struct device * device) {
    (void) device;
    return STUB_NAME "0";
}

static const char * device_description(struct device * device) {
    (void) device;
    return "NVIDIA Pretended 9000";
}

static void device_memory(struct device * device, size_t * available, size_t * total) {
    (void) device;
    *available = (size_t) 8 << 30;
    *total     = (size_t) 8 << 30;
}

static int device_type(struct device * device) {
    (void) device;
    return DEVICE_GPU;
}

static void device_properties(struct device * device, struct properties * properties) {
    *properties             = (struct properties) { 0 };
    properties->name        = device_name(device);
    properties->description = device_description(device);
    properties->type        = DEVICE_GPU;
    device_memory(device, &properties->memory_free, &properties->memory_total);
}

static void * device_start(struct device * device, const char * parameters) {
    (void) device;
#ifdef STUB_BROKEN
    (void) parameters;
    return NULL;
#else
    return cpu()->functions.init_backend(cpu(), parameters);
#endif
}

static void * device_buffer_type(struct device * device) {
    (void) device;
    return cpu()->functions.get_buffer_type(cpu());
}

static bool device_supports_op(struct device * device, const void * op) {
    (void) device;
    return cpu()->functions.supports_op(cpu(), op);
}

static bool device_supports_buft(struct device * device, void * type) {
    (void) device;
    return cpu()->functions.supports_buft(cpu(), type);
}

static const char * registry_name(struct registry * registry) {
    (void) registry;
    return STUB_NAME;
}

static size_t registry_count(struct registry * registry) {
    (void) registry;
    return STUB_DEVICES;
}

static struct device stub;

static struct device * registry_device(struct registry * registry, size_t index) {
    (void) index;
    stub.registry = registry;
    return &stub;
}

static struct device stub = {
    .functions = {
        .get_name        = device_name,
        .get_description = device_description,
        .get_memory      = device_memory,
        .get_type        = device_type,
        .get_props       = device_properties,
        .init_backend    = device_start,
        .get_buffer_type = device_buffer_type,
        .supports_op     = device_supports_op,
        .supports_buft   = device_supports_buft,
    },
};

static struct registry registry = {
    .version          = API_VERSION,
    .get_name         = registry_name,
    .get_device_count = registry_count,
    .get_device       = registry_device,
};

struct registry * ggml_backend_init(void) {
    if (STUB_START == 1) {
        return NULL;
    }
    if (STUB_START == 2) {
        void (*stop)(const char *, int, const char *, ...) = function("libtokapu-ggml-base.so", "ggml_abort");
        stop("stub_backend.c", 1, "CUDA error: %s", "system not yet initialized");
    }
    if (STUB_DEVICES == 0) {
        void (*say)(int, const char *, ...) = function("libtokapu-ggml-base.so", "ggml_log_internal");
        say(LOG_ERROR, "ggml_cuda_init: failed to initialize CUDA: %s\n", "no CUDA-capable device is detected");
    }
    return &registry;
}
