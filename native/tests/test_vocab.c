/* Tokens and text, and the protocol of buffers that are too small. */
#include "support.h"

static int64_t model;

static void test_round_trip(void) {
    int32_t    tokens[64];
    char       text[256];
    int32_t    n      = 0;
    int32_t    length = 0;
    const char input[] = "hello \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80 zero\0inside";
    const int  bytes   = (int) sizeof(input) - 1;
    OK(tokapu_tokenize(model, input, bytes, 0, 0, tokens, 64, &n));
    OK(tokapu_detokenize(model, tokens, n, 0, 0, text, sizeof(text), &length));
    CHECK(length == bytes && memcmp(text, input, (size_t) bytes) == 0);

    const int32_t needed = n;
    tokens[0]            = -7;
    n                    = 0;
    EXPECT(TOKAPU_ERROR_BUFFER, tokapu_tokenize(model, input, bytes, 0, 0, tokens, needed - 1, &n));
    CHECK(n == needed && tokens[0] == -7);
    EXPECT(TOKAPU_ERROR_BUFFER, tokapu_tokenize(model, input, bytes, 0, 0, NULL, 0, &n));
    OK(tokapu_tokenize(model, input, bytes, 0, 0, tokens, needed, &n));
    text[0] = '#';
    EXPECT(TOKAPU_ERROR_BUFFER, tokapu_detokenize(model, tokens, n, 0, 0, text, bytes - 1, &length));
    CHECK(length == bytes && text[0] == '#');
    OK(tokapu_detokenize(model, tokens, n, 0, 0, text, bytes, &length));

    OK(tokapu_tokenize(model, "", 0, 0, 0, tokens, 64, &n));
    CHECK(n == 0);
    OK(tokapu_tokenize(model, NULL, 0, 1, 0, tokens, 64, &n));
    CHECK(n == 1 && tokens[0] == 1);
    OK(tokapu_detokenize(model, NULL, 0, 0, 0, NULL, 0, &length));
    CHECK(length == 0);
}

static void test_special_tokens(void) {
    int32_t tokens[64];
    char    text[64];
    int32_t n      = 0;
    int32_t length = 0;
    int32_t value  = -1;
    OK(tokapu_tokenize(model, "</s>", 4, 0, 0, tokens, 64, &n));
    CHECK(n > 1); /* user text is not parsed as control tokens */
    OK(tokapu_tokenize(model, "</s>", 4, 0, 1, tokens, 64, &n));
    CHECK(n == 1 && tokens[0] == 2);
    OK(tokapu_token_piece(model, 2, 0, text, 64, &length));
    CHECK(length == 0);
    OK(tokapu_token_piece(model, 2, 1, text, 64, &length));
    CHECK(length == 4 && memcmp(text, "</s>", 4) == 0);
    EXPECT(TOKAPU_ERROR_BUFFER, tokapu_token_piece(model, 2, 1, text, 3, &length));
    CHECK(length == 4);
    EXPECT(TOKAPU_ERROR_BUFFER, tokapu_token_piece(model, 2, 1, NULL, 0, &length));
    OK(tokapu_token_text(model, 3 + 'A', text, 64, &length));
    CHECK(length == 6 && memcmp(text, "<0x41>", 6) == 0);
    OK(tokapu_token_piece(model, 3 + 'A', 0, text, 64, &length));
    CHECK(length == 1 && text[0] == 'A');
    OK(tokapu_token_is_eog(model, 2, &value));
    CHECK(value == 1);
    OK(tokapu_token_is_eog(model, 5, &value));
    CHECK(value == 0);
    OK(tokapu_token_is_control(model, 1, &value));
    CHECK(value == 1);
    OK(tokapu_token_attributes(model, 3, &value));
    CHECK(value == 1 << 5);
    float score = 0;
    OK(tokapu_token_score(model, 5, &score));
    CHECK(score == -5.0F);
}

static void test_ranges(void) {
    const int32_t bad[] = { -1, 320, INT32_MAX, INT32_MIN };
    char          text[64];
    int32_t       value = 0;
    float         score = 0;
    for (int i = 0; i < 4; i++) {
        EXPECT_ERROR(TOKAPU_ERROR_ARGUMENT, tokapu_token_piece(model, bad[i], 0, text, 64, &value), "0 to 319");
        EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_token_text(model, bad[i], text, 64, &value));
        EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_token_attributes(model, bad[i], &value));
        EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_token_score(model, bad[i], &score));
        EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_token_is_eog(model, bad[i], &value));
        EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_token_is_control(model, bad[i], &value));
        EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_detokenize(model, &bad[i], 1, 0, 0, text, 64, &value));
    }
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_tokenize(model, "a", -1, 0, 0, &value, 1, &value));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_tokenize(model, "a", 1, 2, 0, &value, 1, &value));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_tokenize(model, "a", 1, 0, -1, &value, 1, &value));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_tokenize(model, "a", 1, 0, 0, &value, -1, &value));
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_detokenize(model, &value, -1, 0, 0, text, 64, &value));

    /* Bytes that are not UTF-8: tokens or an error, never a crash. */
    int32_t       tokens[64];
    const char    broken[] = "\xff\xfe\xc3 \xe2\x82 \xf0\x9f\x98 ok";
    const int32_t status   = tokapu_tokenize(model, broken, (int32_t) sizeof(broken) - 1, 0, 0, tokens, 64, &value);
    CHECK(status == TOKAPU_OK || status == TOKAPU_ERROR_TOKENIZE);
}

static void test_last_error(void) {
    char    text[1024];
    int32_t length = 0;
    EXPECT(TOKAPU_ERROR_ARGUMENT, tokapu_token_piece(model, 12345, 0, text, 64, &length));
    length = 0;
    EXPECT(TOKAPU_ERROR_BUFFER, tokapu_last_error(text, 3, &length));
    CHECK(length > 3);
    const int32_t size = length;
    OK(tokapu_last_error(text, size, &length));
    CHECK(length == size && strncmp(text, "token is 12345", 14) == 0);
}

int main(int argc, char ** argv) {
    setup(argc, argv);
    model = load_model();
    test_round_trip();
    test_special_tokens();
    test_ranges();
    test_last_error();
    OK(tokapu_model_free(model));
    return 0;
}
