package dev.tokapu.server.caller;

import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Callers that have keys: {@code Authorization: Bearer KEY} or {@code X-Api-Key: KEY}. Keys are kept as their SHA-256; each is compared
 * with all of them, in the same time.
 *
 * <p>Each line of a file is a key, or {@code sha256:} and its hash in hexadecimal, and what it allows, separated by blanks; {@code #} begins
 * a comment:
 *
 * <pre>
 * sk-0b5a7...          name=batch tenant=research priority=-5 requests-per-minute=60 tokens-per-minute=100000
 * sha256:9f86d0818...  name=portal names-users models=small,large:*
 * </pre>
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class ApiKeys implements Callers {

    private static final String HASHED = "sha256:";
    private static final String BEARER = "bearer ";
    private static final int SHORTEST = 16;
    private static final int NAMED_BYTES = 6; // of the hash, for keys without a name: it stays when lines move

    private final List<Entry> entries;

    private ApiKeys(List<Entry> entries) {
        this.entries = List.copyOf(entries);
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("there is no API key; give at least one");
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never changed
    private record Entry(
            byte[] hash,
            Caller caller,
            @Nullable Integer requests,
            @Nullable Integer tokens) {

        boolean allowsAsMuchAs(Entry other) {
            return caller.priority() == other.caller.priority()
                    && caller.namesUsers() == other.caller.namesUsers()
                    && caller.models().equals(other.caller.models())
                    && caller.rights().equals(other.caller.rights())
                    && Objects.equals(requests, other.requests)
                    && Objects.equals(tokens, other.tokens);
        }
    }

    /**
     * One key, for all models and without limits, which may pull models but not look into the process.
     *
     * @param key the key, 16 characters or more
     * @return the keys
     * @throws IllegalArgumentException when it is shorter, or has spaces within
     */
    public static ApiKeys of(String key) {
        String stripped = key.strip();
        if (stripped.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException(
                    "the key has spaces or several lines; give one key without, or a file of keys");
        }
        return new ApiKeys(List.of(entry(List.of(stripped, "may-pull"))));
    }

    /**
     * The keys of a file.
     *
     * @param file the file
     * @return the keys
     * @throws IOException when it cannot be read
     * @throws IllegalArgumentException when a line is not as it should be; the message has its number, and not the key
     */
    public static ApiKeys read(Path file) throws IOException {
        return parse(Files.readAllLines(file));
    }

    /**
     * The keys of a file that has changed. What is left of quotas goes on for keys whose limits are as before.
     *
     * @param file the file
     * @return the keys
     * @throws IOException when it cannot be read
     * @throws IllegalArgumentException when a line is not as it should be; the message has its number, and not the key
     */
    public ApiKeys readAgain(Path file) throws IOException {
        ApiKeys read = read(file);
        List<Entry> kept = new ArrayList<>();
        for (Entry entry : read.entries) {
            Caller caller = entry.caller();
            Quota quota = entries.stream()
                    .filter(before -> Arrays.equals(before.hash(), entry.hash())
                            && Objects.equals(before.requests(), entry.requests())
                            && Objects.equals(before.tokens(), entry.tokens()))
                    .map(before -> before.caller().quota())
                    .findFirst()
                    .orElse(caller.quota());
            Caller same = new Caller(
                    caller.name(),
                    caller.tenant(),
                    caller.priority(),
                    caller.namesUsers(),
                    quota,
                    caller.models(),
                    caller.rights());
            kept.add(new Entry(entry.hash(), same, entry.requests(), entry.tokens()));
        }
        return new ApiKeys(kept);
    }

    /**
     * The keys of some lines.
     *
     * @param lines the lines of a key file
     * @return the keys
     * @throws IllegalArgumentException when a line is not as it should be, or when two of them have one name and tenant and allow different
     *     things; the message has its number, and not the key
     */
    public static ApiKeys parse(List<String> lines) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                try {
                    Entry entry = entry(List.of(line.split("\\s+", -1)));
                    checkAmong(entries, entry);
                    entries.add(entry);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException("line " + (i + 1) + " of the API keys: " + e.getMessage(), e);
                }
            }
        }
        return new ApiKeys(entries);
    }

    /** Keys with one name and tenant are one caller, for example while one replaces another: what runs later may run as any of them. */
    private static void checkAmong(List<Entry> others, Entry entry) {
        for (Entry other : others) {
            if (other.caller().isNamed(entry.caller().name(), entry.caller().tenant())
                    && !other.allowsAsMuchAs(entry)) {
                throw new IllegalArgumentException(
                        "another key has the name '" + entry.caller().name()
                                + "' and its tenant, too, and allows other things; give one of them another name");
            }
        }
    }

    private static Entry entry(List<String> words) {
        byte[] hash = hashOf(words.get(0));
        String name = "key-" + HexFormat.of().formatHex(hash, 0, NAMED_BYTES);
        @Nullable String tenant = null;
        int priority = 0;
        boolean users = false;
        Set<Right> rights = EnumSet.noneOf(Right.class);
        Integer requests = null;
        Integer tokens = null;
        Set<String> models = Set.of();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.indexOf('=');
            String value = word.substring(equals + 1);
            String option = equals < 0 ? word : word.substring(0, equals);
            switch (option) {
                case "name" -> name = value;
                case "tenant" -> tenant = value;
                case "priority" -> priority = number(option, value, Integer.MIN_VALUE);
                case "names-users" -> users = true;
                case "admin" -> rights.add(Right.ADMIN);
                case "may-pull" -> rights.add(Right.PULL);
                case "models" -> models = Set.of(value.split(","));
                case "requests-per-minute" -> requests = number(option, value, 1);
                case "tokens-per-minute" -> tokens = number(option, value, 1);
                default ->
                    throw new IllegalArgumentException(
                            "word " + (i + 1) + " is not known, after the key there are name=, tenant=, priority=,"
                                    + " names-users, admin, may-pull, models=, requests-per-minute= and tokens-per-minute=");
            }
        }
        boolean limited = requests != null || tokens != null;
        Quota quota = limited ? new MinuteQuota(requests, tokens, System::nanoTime) : Quota.NONE;
        Caller caller = new Caller(name, tenant == null ? name : tenant, priority, users, quota, models, rights);
        return new Entry(hash, caller, requests, tokens);
    }

    private static int number(String option, String value, int min) {
        try {
            int number = Integer.parseInt(value);
            if (number >= min) {
                return number;
            }
        } catch (NumberFormatException e) {
            // the same answer as to a number that is too small
        }
        throw new IllegalArgumentException("'" + option + "' needs a whole number" + (min > 0 ? " above 0" : ""));
    }

    private static byte[] hashOf(String key) {
        if (key.startsWith(HASHED)) {
            byte[] hash = ofHex(key.substring(HASHED.length()));
            if (hash.length != sha256("").length) {
                throw new IllegalArgumentException("the hash of a key has " + hash.length + " bytes; SHA-256 has 32");
            }
            return hash;
        }
        if (key.length() < SHORTEST) {
            throw new IllegalArgumentException("the key has " + key.length() + " characters; it can be guessed, give "
                    + SHORTEST + " or more, for example from: openssl rand -hex 24");
        }
        return sha256(key);
    }

    private static byte[] ofHex(String digits) {
        try {
            return HexFormat.of().parseHex(digits.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) { // it has characters of what may be a key
            throw new IllegalArgumentException("the hash of a key is not hexadecimal; SHA-256 has 64 digits");
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    @Override
    public Caller of(Exchange exchange) {
        String key = key(exchange);
        if (key == null) {
            throw refused("there is no API key; send it as the header 'Authorization: Bearer KEY'");
        }
        byte[] hash = sha256(key);
        Caller caller = null;
        for (Entry entry : entries) { // all of them, found or not
            if (MessageDigest.isEqual(entry.hash(), hash)) {
                caller = entry.caller();
            }
        }
        if (caller == null) {
            throw refused("the API key is not valid here");
        }
        return caller;
    }

    @Override
    public @Nullable Caller named(String name, String tenant) {
        return entries.stream()
                .map(Entry::caller)
                .filter(caller -> caller.isNamed(name, tenant))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String key(Exchange exchange) {
        String bearer = exchange.header("authorization");
        if (bearer != null && bearer.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return bearer.substring(BEARER.length()).strip();
        }
        return exchange.header("x-api-key");
    }

    private static ProblemException refused(String message) {
        return new ProblemException(Problem.of(Kind.UNAUTHORIZED, message).withCode("invalid_api_key"));
    }

    /** {@return how many keys there are, and none of them} */
    @Override
    public String toString() {
        return "ApiKeys[" + entries.size() + "]";
    }
}
