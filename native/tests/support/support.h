/* What all C tests of tokapu.h share. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include "tokapu.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file of a library. */
#ifdef _WIN32
#    define LIBRARY_FILE(name) name ".dll"
#else
#    define LIBRARY_FILE(name) "lib" name ".so"
#endif

#define CHAT_TEMPLATE                                                                                                       \
    "{%- for m in messages -%}<{{ m.role }}>{{ m.content }}{%- endfor -%}{%- if add_generation_prompt -%}<assistant>{%- " \
    "endif -%}"

/* Ends the test with the place and the last error when a call does not answer the expected status. */
#define EXPECT(status, call) expect_status((status), (call), #call, __FILE__, __LINE__)
#define OK(call)             EXPECT(TOKAPU_OK, call)
#define CHECK(condition)     expect_true((condition), #condition, __FILE__, __LINE__)
/* The last error must hold a text: messages say what, which value and what to do. */
#define EXPECT_ERROR(status, call, text)     \
    do {                                     \
        EXPECT(status, call);                \
        expect_error(text, __FILE__, __LINE__); \
    } while (0)

void expect_status(int32_t expected, int32_t actual, const char * call, const char * file, int line);
void expect_true(bool condition, const char * text, const char * file, int line);
void expect_error(const char * text, const char * file, int line);

/* argv: the library folder, a scratch folder, optionally a CPU variant. Loads the backend. */
void setup(int argc, char ** argv);

/* The same without loading the backend. */
void prepare(char ** argv);

extern const char * library_dir;
extern const char * scratch_dir;

/* A path in the scratch folder; valid until the fourth further call. */
const char * scratch(const char * name);

/* The tiny model with a chat template, written on first use. */
const char * tiny_model(void);

int64_t load_model(void);
int64_t load_path(const char * path);
int64_t new_context(int64_t model);
int64_t new_greedy(int64_t model);

struct context_options {
    int64_t ints[TOKAPU_CONTEXT_I_COUNT];
    double  floats[TOKAPU_CONTEXT_F_COUNT];
};

/* Defaults, but small: 256 tokens of context, batches of 32, one thread. */
struct context_options small_options(void);
int32_t                try_context(int64_t model, const struct context_options * options, int64_t * context);

/* Decodes tokens one by one: first, first + 1, .. */
void decode_tokens(int64_t context, int32_t sequence, int32_t first, int32_t count);

int32_t sequence_length(int64_t context, int32_t sequence);

/* What a state has; the caller frees it. */
char * state_bytes(int64_t state, int64_t * size);

int64_t live_handles(void);

/* Reads a whole file; the caller frees it. */
char * read_bytes(const char * path, size_t * size);
void   write_bytes(const char * path, const char * bytes, size_t size);
/* Writes bytes behind a hole. */
void write_far(const char * path, int64_t offset, const char * bytes, size_t size);

#endif
