package dev.tokapu.server;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** What hostile clients send: broken JSON of every API, and what one parser of HTTP takes for one request and another for two. */
final class HostileText {

    private static final String[][] TARGETS = {
        {"/v1/completions", "{\"prompt\":\"%s\",\"max_tokens\":3,\"n\":2,\"logprobs\":2,\"stop\":[\"x\"],\"seed\":1}"},
        {
            "/v1/chat/completions",
            "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"max_tokens\":3,\"temperature\":0.5,"
                    + "\"response_format\":{\"type\":\"json_object\"},\"stream\":true,\"stream_options\":{\"include_usage\":true}}"
        },
        {"/v1/messages", "{\"model\":\"test\",\"max_tokens\":3,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"},
        {"/api/generate", "{\"model\":\"test\",\"prompt\":\"%s\",\"options\":{\"num_predict\":3,\"temperature\":1}}"},
        {
            "/api/chat",
            "{\"model\":\"test\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"stream\":false,"
                    + "\"options\":{\"num_predict\":3}}"
        },
        {"/tokenize", "{\"content\":\"%s\",\"add_special\":true}"},
        {"/detokenize", "{\"tokens\":[1,2,3],\"x\":\"%s\"}"},
        {"/apply-template", "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"},
        {"/v1/rerank", "{\"query\":\"%s\",\"documents\":[\"a\",{\"text\":\"b\"}],\"top_n\":1}"},
        {"/v1/streams/lookup", "{\"conversation_ids\":[\"%s\",\"b\"]}"}
    };

    private static final String[] PIECES = {
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "null",
        "true",
        "-1",
        "1e999",
        "0.1",
        "9".repeat(400),
        "\\ud800",
        "\\u0000",
        "\u00e9",
        "\ud83d\ude00",
        "\0",
        "\"model\":\"none\",",
        "\"max_tokens\":-5,",
        "[".repeat(3000),
        "{\"a\":".repeat(800),
        "\"messages\":[],",
        "\"n\":100000,",
        "\"grammar\":\"root ::= root\",",
        "\"unknown\":1,"
    };

    private HostileText() {}

    static String post(String path, String key, String body, String more) {
        return "POST " + path + " HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer " + key
                + "\r\ncontent-type: application/json\r\n" + more + "content-length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    static String chunked(String path, String key, String body) {
        return "POST " + path + " HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer " + key
                + "\r\ntransfer-encoding: chunked\r\n\r\n"
                + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
    }

    /** A path and a body for it. */
    static String[] target(Random random, String prompt) {
        String[] target = TARGETS[random.nextInt(TARGETS.length)];
        return new String[] {target[0], target[1].formatted(prompt)};
    }

    /** A body with some of its characters lost, doubled, or replaced by others. */
    static String mutated(Random random, String body) {
        StringBuilder text = new StringBuilder(body);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + 1 + random.nextInt(12));
            String piece = PIECES[random.nextInt(PIECES.length)];
            switch (random.nextInt(5)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, piece);
                case 2 -> text.replace(at, end, piece);
                case 3 -> text.insert(at, text.substring(at, end));
                default -> text.setLength(Math.max(1, at));
            }
            if (text.length() == 0) {
                return "x";
            }
        }
        return text.toString();
    }

    /** A request in the body of another one, for servers that disagree with themselves about where the body ends. */
    static String smuggled(Random random, String key, String body) {
        String inner = post("/v1/completions", key, body, "");
        String[] lengths = {
            "content-length: 4\r\ntransfer-encoding: chunked\r\n",
            "transfer-encoding: chunked\r\ncontent-length: 4\r\n",
            "content-length: 4\r\ncontent-length: 400\r\n",
            "content-length: 4, 400\r\n",
            "content-length: +4\r\n",
            "content-length: 0x4\r\n",
            "transfer-encoding: xchunked\r\n",
            "transfer-encoding: chunked, identity\r\n",
            "transfer-encoding : chunked\r\n",
            "transfer-encoding:\u000bchunked\r\ncontent-length: 4\r\n",
            "x: y\r\n transfer-encoding: chunked\r\ncontent-length: 4, 5\r\n",
            "content-length: 99999999999999999999\r\n"
        };
        return "POST /v1/completions HTTP/1.1\r\nhost: localhost\r\n" + lengths[random.nextInt(lengths.length)] + "\r\n"
                + "0\r\n\r\n" + inner;
    }

    /** Bytes that are no HTTP. */
    static String noHttp(Random random) {
        String[] lines = {
            "\0\1\2\3\r\n\r\n",
            "GET\r\n\r\n",
            "GET /health HTTP/9.9\r\nhost: localhost\r\n\r\n",
            "GET /health HTTP/1.1\r\nhost: localhost\r\nx y: 1\r\n\r\n",
            "GET /health HTTP/1.1\r\nhost: localhost\r\nx: " + "y".repeat(40_000) + "\r\n\r\n",
            "GET /" + "z".repeat(20_000) + " HTTP/1.1\r\nhost: localhost\r\n\r\n",
            "POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            "\u0016\u0003\u0001\u0002\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        };
        return lines[random.nextInt(lines.length)];
    }
}
