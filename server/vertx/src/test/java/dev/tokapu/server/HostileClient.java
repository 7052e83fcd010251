package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.SocketException;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One client of {@link HostileClientsIT} with one thing in mind; which one, and how, depends on its random numbers. */
final class HostileClient {

    static final int TENANTS = 50;

    /** A key whose users are tenants of their own. */
    static final String THIEF = "sk-thief-0123456789abcdef";

    private static final String COMPLETIONS = "/v1/completions";
    private static final Pattern CANARY = Pattern.compile("canary(\\d\\d)q");
    private static final Pattern STATUS = Pattern.compile("^HTTP/\\d\\.\\d (\\d{3})");
    private static final int MOST_WAIT_MILLIS = 30;

    private enum Attack {
        ASK,
        STREAM,
        KEPT,
        PIPELINE,
        STEAL,
        WRONG_KEY,
        CUT_WHOLE,
        CUT_STREAM,
        CUT_HALF,
        TOO_LONG,
        MUTATED,
        SMUGGLED,
        NO_HTTP
    }

    private final int port;
    private final int number;
    private final Random random;
    private final int tenant;
    private final Attack attack;
    private String sent = "";

    HostileClient(int port, int number, Random random) {
        this.port = port;
        this.number = number;
        this.random = random;
        this.tenant = random.nextInt(TENANTS);
        this.attack = Attack.values()[random.nextInt(Attack.values().length)];
    }

    static String key(int tenant) {
        return "sk-tenant-%02d-0123456789abcdef".formatted(tenant);
    }

    /** Does it, and says what it was. */
    String attack() throws IOException {
        try (RawClient client = new RawClient(port)) {
            switch (attack) {
                case ASK -> ask(client);
                case STREAM -> stream(client);
                case KEPT -> kept(client);
                case PIPELINE -> pipeline(client);
                case STEAL -> steal(client);
                case WRONG_KEY -> wrongKey(client);
                case CUT_WHOLE, CUT_STREAM, CUT_HALF -> cut(client);
                case TOO_LONG -> tooLong(client);
                case MUTATED -> mutated(client);
                case SMUGGLED -> refused(client, HostileText.smuggled(random, key(tenant), body(300, "")));
                case NO_HTTP -> refused(client, HostileText.noHttp(random));
            }
        }
        return attack.name();
    }

    private String prompt(int of) {
        return "The same beginning of all of them. canary%02dq and %d".formatted(of, random.nextInt(5));
    }

    private String body(int tokens, String more) {
        return "{\"prompt\":\"" + prompt(tenant) + "\",\"echo\":true,\"ignore_eos\":true,\"max_tokens\":" + tokens
                + more + "}";
    }

    private String post(String key, String body, String more) {
        return HostileText.post(COMPLETIONS, key, body, more);
    }

    private void send(RawClient client, String text) throws IOException {
        sent = text;
        try {
            client.send(text);
        } catch (SocketException e) {
            // refused before all of it was sent
        }
    }

    private void ask(RawClient client) throws IOException {
        send(client, post(key(tenant), body(1 + random.nextInt(8), ""), "connection: close\r\n"));
        own(client.readToEnd(), 1);
    }

    private void stream(RawClient client) throws IOException {
        send(client, post(key(tenant), body(1 + random.nextInt(20), ",\"stream\":true"), ""));
        own(client.readTo("[DONE]"), 1);
    }

    /** A stream that outlives its client is read again by its tenant alone. */
    private void kept(RawClient client) throws IOException {
        String id = "conversation-" + number;
        String body = body(1 + random.nextInt(40), ",\"stream\":true");
        send(client, post(key(tenant), body, "x-conversation-id: " + id + "\r\n"));
        String unused = client.readTo("data: ");
        client.cut();
        try (RawClient other = new RawClient(port);
                RawClient again = new RawClient(port)) {
            send(other, get("/v1/stream?conv_id=" + id, key((tenant + 1) % TENANTS)));
            assertThat(status(other.readToEnd())).isEqualTo(404);
            send(again, get("/v1/stream?from=0&conv_id=" + id, key(tenant)));
            own(again.readTo("[DONE]"), 1);
        }
    }

    private static String get(String path, String key) {
        return "GET " + path + " HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer " + key
                + "\r\nconnection: close\r\n\r\n";
    }

    private void pipeline(RawClient client) throws IOException {
        String one = post(key(tenant), body(3, ""), "");
        send(client, one + one + post(key(tenant), body(3, ""), "connection: close\r\n"));
        own(client.readToEnd(), 3);
    }

    /** All answers are of this tenant, with its secret and no other. */
    private void own(String got, int answers) {
        assertThat(got.split("HTTP/1.1 200", -1)).as(got).hasSize(answers + 1);
        Matcher matcher = CANARY.matcher(got);
        int found = 0;
        for (; matcher.find(); found++) {
            assertThat(Integer.parseInt(matcher.group(1))).as(got).isEqualTo(tenant);
        }
        assertThat(found).as(got).isEqualTo(answers);
    }

    /** Somebody who has the text of another tenant learns nothing about who else had it. */
    private void steal(RawClient client) throws IOException {
        String more = ",\"user\":\"u" + number + "\"";
        send(client, post(THIEF, body(2, more), "connection: close\r\n"));
        String got = client.readToEnd();
        own(got, 1);
        JsonNode usage = ServerFixture.json(got.substring(got.indexOf('{'))).path("usage");
        assertThat(usage.path("prompt_tokens").asInt()).as(got).isPositive();
        assertThat(usage.path("prompt_tokens_details").path("cached_tokens").asInt())
                .as(got)
                .isZero();
    }

    private void wrongKey(RawClient client) throws IOException {
        String wrong = key(tenant).substring(0, 12 + random.nextInt(10)) + (random.nextBoolean() ? "" : "\u00e9x");
        send(client, post(wrong, body(2, ""), "connection: close\r\n"));
        assertThat(status(client.readToEnd())).isIn(400, 401);
    }

    private void cut(RawClient client) throws IOException {
        String more = attack == Attack.CUT_STREAM ? ",\"stream\":true" : "";
        String request = post(key(tenant), body(400, more), "");
        int length = attack == Attack.CUT_HALF ? random.nextInt(request.length()) : request.length();
        send(client, request.substring(0, length));
        if (attack == Attack.CUT_STREAM && random.nextBoolean()) {
            client.readTo("data: ");
        }
        pause();
        if (random.nextBoolean()) {
            client.cut();
        }
    }

    private void tooLong(RawClient client) throws IOException {
        boolean declared = random.nextBoolean();
        String long50 = " ".repeat(50_000);
        String body = random.nextBoolean() ? body(2, long50) : long50 + body(2, "");
        send(client, declared ? post(key(tenant), body, "") : HostileText.chunked(COMPLETIONS, key(tenant), body));
        String got = client.readToEnd();
        assertThat(got.isEmpty() ? 413 : status(got)).as(got).isEqualTo(413);
    }

    private void mutated(RawClient client) throws IOException {
        String[] target = HostileText.target(random, prompt(tenant));
        String text = HostileText.mutated(random, target[1]);
        send(client, HostileText.post(target[0], key(tenant), text, "connection: close\r\n"));
        String got = client.readToEnd();
        assertThat(status(got)).as(got).isBetween(200, 499);
    }

    private void refused(RawClient client, String text) throws IOException {
        send(client, text);
        pause();
        String got = client.readToEnd();
        if (!got.isEmpty()) {
            assertThat(status(got)).as(got).isIn(400, 401, 404, 405, 413, 414, 431, 501, 505);
            assertThat(got).doesNotContain("HTTP/1.1 200");
        }
    }

    private void pause() {
        try {
            Thread.sleep(random.nextInt(MOST_WAIT_MILLIS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int status(String got) {
        Matcher matcher = STATUS.matcher(got);
        assertThat(matcher.find()).as(got).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    @Override
    public String toString() {
        return attack + " of tenant " + tenant + ": " + sent;
    }
}
