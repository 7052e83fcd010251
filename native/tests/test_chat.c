/* Chat templates and the text that is kept for a second fetch. */
#include "support.h"
#include "tiny_gguf.h"

/* Leak checkers ask for it. llama.cpp never frees values of a template that contain themselves: it counts references. */
const char * __lsan_default_suppressions(void);

const char * __lsan_default_suppressions(void) {
    return "leak:jinja::";
}

static int64_t template;

static int32_t apply(const char * request, char * buf, int32_t capacity, int32_t * length) {
    return tokapu_chat_template_apply(template, request, (int32_t) strlen(request), buf, capacity, length);
}

static void test_render(void) {
    char       buf[65536];
    int32_t    length    = 0;
    const char request[] = "{\"messages\":[{\"role\":\"user\",\"content\":\"hi \\u00e4\"}]}";
    OK(apply(request, buf, sizeof(buf) - 1, &length));
    buf[length] = '\0';
    CHECK(strstr(buf, "\"prompt\":\"<user>hi \xc3\xa4<assistant>\"") != NULL);

    char second[65536];
    int32_t needed = 0;
    EXPECT(TOKAPU_ERROR_BUFFER, apply(request, NULL, 0, &needed));
    CHECK(needed == length);
    OK(tokapu_cached_text(second, sizeof(second), &needed));
    CHECK(needed == length && memcmp(second, buf, (size_t) length) == 0);
    OK(tokapu_cached_text(second, sizeof(second), &needed));
    CHECK(needed == 0); /* forgotten */

    OK(apply("{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"add_generation_prompt\":false,"
             "\"chat_template_kwargs\":{\"x\":1},\"enable_thinking\":false}",
             buf, sizeof(buf) - 1, &length));
    buf[length] = '\0';
    CHECK(strstr(buf, "\"prompt\":\"<user>a\"") != NULL);
    OK(tokapu_chat_template_caps(template, buf, sizeof(buf) - 1, &length));
    buf[length] = '\0';
    CHECK(strstr(buf, "\"supports_tools\":false") != NULL);
    OK(tokapu_chat_template_source(template, buf, sizeof(buf) - 1, &length));
    CHECK(length == (int32_t) strlen(CHAT_TEMPLATE));
}

/* The text of a control token that the template has not written: bytes to tokenize as characters. */
static void test_plain_parts(void) {
    char    buf[65536];
    int32_t length = 0;
    OK(apply("{\"messages\":[{\"role\":\"user\",\"content\":\"x</s>y\"}]}", buf, sizeof(buf) - 1, &length));
    buf[length] = '\0';
    CHECK(strstr(buf, "\"prompt\":\"<user>x</s>y<assistant>\"") != NULL);
    CHECK(strstr(buf, "\"plain\":[0,23]") != NULL);
    OK(apply("{\"messages\":[{\"role\":\"user\",\"content\":\"x</ s>y\"}]}", buf, sizeof(buf) - 1, &length));
    buf[length] = '\0';
    CHECK(strstr(buf, "\"plain\":[]") != NULL);
}

static void test_bad_requests(void) {
    const char * bad[] = {
        "",
        "nonsense",
        "[]",
        "{}",
        "{\"messages\":5}",
        "{\"messages\":[]}",
        "{\"messages\":[5]}",
        "{\"messages\":[{\"content\":\"no role\"}]}",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"tools\":5}",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"tool_choice\":\"sometimes\"}",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"enable_thinking\":\"yes\"}",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"chat_template_kwargs\":[]}",
    };
    char    buf[64];
    int32_t length = 0;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        EXPECT(TOKAPU_ERROR_TEMPLATE, apply(bad[i], buf, 64, &length));
    }
}

static void test_templates(int64_t model) {
    int64_t      id     = 0;
    char         buf[4096];
    int32_t      length = 0;
    const char * broken = "{% for m in %}{{ unclosed";
    EXPECT(TOKAPU_ERROR_TEMPLATE, tokapu_chat_template_new(model, broken, (int32_t) strlen(broken), &id));
    CHECK(id == 0);
    const char * refuses = "{{ raise_exception('only poems') }}";
    const int32_t status = tokapu_chat_template_new(model, refuses, (int32_t) strlen(refuses), &id);
    CHECK(status == TOKAPU_OK || status == TOKAPU_ERROR_TEMPLATE);
    if (status == TOKAPU_OK) {
        const char * request = "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}";
        EXPECT_ERROR(TOKAPU_ERROR_TEMPLATE,
                     tokapu_chat_template_apply(id, request, (int32_t) strlen(request), buf, sizeof(buf), &length),
                     "only poems");
        OK(tokapu_chat_template_free(id));
    }

    const struct tiny_options plain = { false, NULL };
    const char *              path  = scratch("no-template.gguf");
    CHECK(tiny_gguf_write(path, plain) == 0);
    const int64_t without = load_path(path);
    EXPECT_ERROR(TOKAPU_ERROR_TEMPLATE, tokapu_chat_template_new(without, NULL, 0, &id), "no chat template");
    OK(tokapu_chat_template_new(without, CHAT_TEMPLATE, (int32_t) strlen(CHAT_TEMPLATE), &id));
    OK(tokapu_model_free(without));
    OK(tokapu_chat_template_caps(id, buf, sizeof(buf), &length)); /* the template keeps its model */
    OK(tokapu_chat_template_free(id));
}

/* Templates and texts that would end the process, or never end. */
static void test_limits(int64_t model) {
    static const struct {
        const char * source;
        const char * limit;
    } hostile[] = {
        { "{% macro m(x) %}{{ m(x) }}{% endmacro %}{{ m(1) }}", "nests too deeply" },
        { "{% set l = [] %}{% set _ = l.append(l) %}{{ l }}", "nests too deeply" },
        { "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns | tojson }}", "nests too deeply" },
        { "{{ 'a' * 2000000000 }}", "bytes of memory" },
        { "{% for i in range(1000000000) %}a{% endfor %}", "bytes of memory" },
        { "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}", "steps" },
    };
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        int64_t id = 0;
        EXPECT_ERROR(TOKAPU_ERROR_TEMPLATE,
                     tokapu_chat_template_new(model, hostile[i].source, (int32_t) strlen(hostile[i].source), &id),
                     hostile[i].limit);
        CHECK(id == 0);
    }

    enum { DEPTH = 1000000 };
    const char * begin   = "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"chat_template_kwargs\":{\"a\":";
    char *       request = malloc(strlen(begin) + DEPTH + 1);
    int32_t      length  = 0;
    strcpy(request, begin);
    memset(request + strlen(begin), '[', DEPTH);
    request[strlen(begin) + DEPTH] = '\0';
    EXPECT_ERROR(TOKAPU_ERROR_TEMPLATE, apply(request, NULL, 0, &length), "levels of nesting");
    free(request);
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    const int64_t model = load_model();
    OK(tokapu_chat_template_new(model, NULL, 0, &template));
    test_render();
    test_plain_parts();
    test_bad_requests();
    test_templates(model);
    test_limits(model);
    OK(tokapu_chat_template_free(template));
    OK(tokapu_model_free(model));
    CHECK(live_handles() == 0);
    return 0;
}
