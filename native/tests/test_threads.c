/* Two threads on one context, free while another thread decodes, closing in any order, aborting. */
#define _POSIX_C_SOURCE 200809L
#include "support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

static int64_t     model;
static int64_t     context;
static atomic_bool stop;
static atomic_int  busy;
static atomic_int  decoded;
static atomic_int  gone;

static void * hammer(void * unused) {
    (void) unused;
    const int32_t tokens[8] = { 5, 6, 7, 8, 9, 10, 11, 12 };
    float         logits[320];
    while (!atomic_load(&stop)) {
        const int32_t status = tokapu_decode(context, 8, tokens, NULL, NULL, NULL, NULL, NULL);
        if (status == TOKAPU_ERROR_BUSY) {
            atomic_fetch_add(&busy, 1);
        } else if (status == TOKAPU_ERROR_HANDLE) {
            atomic_fetch_add(&gone, 1);
            return NULL;
        } else {
            CHECK(status == TOKAPU_OK || status == TOKAPU_DECODE_NO_KV_SLOT || status == TOKAPU_DECODE_ABORTED);
            atomic_fetch_add(&decoded, 1);
            const int32_t cleared = tokapu_memory_clear(context, 0);
            CHECK(cleared == TOKAPU_OK || cleared == TOKAPU_ERROR_BUSY || cleared == TOKAPU_ERROR_HANDLE);
            const int32_t copied = tokapu_logits(context, -1, logits, 320);
            CHECK(copied == TOKAPU_OK || copied == TOKAPU_ERROR_BUSY || copied == TOKAPU_ERROR_HANDLE ||
                  copied == TOKAPU_ERROR_ARGUMENT);
        }
    }
    return NULL;
}

static void pause_ms(long ms) {
    const struct timespec time = { ms / 1000, (ms % 1000) * 1000000L };
    nanosleep(&time, NULL);
}

static void test_two_threads(void) {
    pthread_t threads[2];
    context = new_context(model);
    for (int i = 0; i < 2; i++) {
        CHECK(pthread_create(&threads[i], NULL, hammer, NULL) == 0);
    }
    for (int i = 0; i < 100 && (atomic_load(&busy) == 0 || atomic_load(&decoded) < 20); i++) {
        pause_ms(50);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK(atomic_load(&busy) > 0 && atomic_load(&decoded) >= 20);
    OK(tokapu_context_free(context));
}

static void test_free_while_decoding(void) {
    for (int round = 0; round < 50; round++) {
        pthread_t thread;
        atomic_store(&stop, false);
        atomic_store(&gone, 0);
        context = new_context(model);
        CHECK(pthread_create(&thread, NULL, hammer, NULL) == 0);
        pause_ms(round % 5);
        OK(tokapu_context_free(context));
        pthread_join(thread, NULL);
        CHECK(atomic_load(&gone) == 1);
    }
}

static void * load_and_decode(void * unused) {
    (void) unused;
    for (int i = 0; i < 10; i++) {
        const int64_t own_context = new_context(model);
        const int64_t sampler     = new_greedy(model);
        int32_t       token       = 5;
        for (int k = 0; k < 10; k++) {
            OK(tokapu_decode(own_context, 1, &token, NULL, NULL, NULL, NULL, NULL));
            OK(tokapu_sampler_sample(sampler, own_context, -1, &token));
        }
        char    text[64];
        int32_t n = 0;
        int32_t tokens[16];
        OK(tokapu_tokenize(model, "hello", 5, 1, 0, tokens, 16, &n));
        OK(tokapu_detokenize(model, tokens, n, 0, 0, text, 64, &n));
        OK(tokapu_sampler_free(sampler));
        OK(tokapu_context_free(own_context));
    }
    return NULL;
}

static void test_shared_model(void) {
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        CHECK(pthread_create(&threads[i], NULL, load_and_decode, NULL) == 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
}

/* Every order of freeing a model, its context, its sampler and its template. */
static void test_close_in_any_order(void) {
    for (int order = 0; order < 24; order++) {
        int64_t handles[4] = { load_model(), 0, 0, 0 };
        handles[1]         = new_context(handles[0]);
        handles[2]         = new_greedy(handles[0]);
        OK(tokapu_chat_template_new(handles[0], NULL, 0, &handles[3]));
        int kinds[4] = { 0, 1, 2, 3 };
        int code     = order;
        for (int left = 4; left > 1; left--) {
            const int pick = code % left;
            code /= left;
            const int kind  = kinds[pick];
            kinds[pick]     = kinds[left - 1];
            kinds[left - 1] = kind;
        }
        for (int i = 0; i < 4; i++) {
            const int64_t handle = handles[kinds[i]];
            const bool    usable = kinds[i] != 1 && live_handles() > 0;
            if (usable && i < 3 && kinds[3] == 1) { /* the context is left for last: it still works */
                const int32_t token = 9;
                OK(tokapu_decode(handles[1], 1, &token, NULL, NULL, NULL, NULL, NULL));
            }
            OK(kinds[i] == 0 ? tokapu_model_free(handle) :
               kinds[i] == 1 ? tokapu_context_free(handle) :
               kinds[i] == 2 ? tokapu_sampler_free(handle) :
                               tokapu_chat_template_free(handle));
        }
    }
}

static void * abort_soon(void * unused) {
    (void) unused;
    pause_ms(20);
    OK(tokapu_context_abort(context, 1));
    return NULL;
}

static void test_abort(void) {
    pthread_t thread;
    context                 = new_context(model);
    const int32_t tokens[8] = { 5, 6, 7, 8, 9, 10, 11, 12 };
    CHECK(pthread_create(&thread, NULL, abort_soon, NULL) == 0);
    int32_t status = TOKAPU_OK;
    for (int i = 0; i < 1000000 && status == TOKAPU_OK; i++) {
        status = tokapu_decode(context, 8, tokens, NULL, NULL, NULL, NULL, NULL);
        if (status == TOKAPU_DECODE_NO_KV_SLOT) {
            OK(tokapu_memory_clear(context, 0));
            status = TOKAPU_OK;
        }
    }
    CHECK(status == TOKAPU_DECODE_ABORTED);
    pthread_join(thread, NULL);
    OK(tokapu_context_abort(context, 0));
    OK(tokapu_memory_clear(context, 0));
    OK(tokapu_decode(context, 8, tokens, NULL, NULL, NULL, NULL, NULL));
    OK(tokapu_context_free(context));
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    model = load_model();
    test_two_threads();
    test_free_while_decoding();
    test_shared_model();
    test_abort();
    OK(tokapu_model_free(model));
    CHECK(live_handles() == 0);
    test_close_in_any_order();
    CHECK(live_handles() == 0);
    return 0;
}
