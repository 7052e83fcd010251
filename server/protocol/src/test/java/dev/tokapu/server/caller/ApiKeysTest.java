package dev.tokapu.server.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {

    private static final String KEY = "sk-0123456789abcdef";

    /** Of another key. */
    private static final String HASH = "sha256:64e604787cbf194841e7b68d7cd28786f6c9a0a3ab9f8b0a0e87cb4387ab0107";

    private static Exchange bearing(String value) {
        return new FakeExchange("POST", "/", "").with("authorization", value);
    }

    private static void assertRefused(Callers keys, Exchange exchange) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> keys.of(exchange))
                .satisfies(e -> assertThat(e.problem().kind()).isEqualTo(Problem.Kind.UNAUTHORIZED));
    }

    @Test
    void of_keyOfALine_isItsCaller() {
        ApiKeys keys = ApiKeys.parse(List.of(
                "# our keys",
                "",
                KEY + " name=batch tenant=research priority=-5 names-users admin",
                "sk-another-long-key"));
        Caller caller = keys.of(bearing("Bearer " + KEY));
        assertThat(caller.name()).isEqualTo("batch");
        assertThat(caller.tenant()).isEqualTo("research");
        assertThat(caller.priority()).isEqualTo(-5);
        assertThat(caller.namesUsers()).isTrue();
        assertThat(caller.may(Right.ADMIN)).isTrue();
        Caller other = keys.of(new FakeExchange("GET", "/", "").with("x-api-key", "sk-another-long-key"));
        assertThat(other.tenant()).isEqualTo(other.name()).startsWith("key-");
        assertThat(other.may(Right.ADMIN)).isFalse();
    }

    @Test
    void of_oneKey_isRefusedWithoutALine() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ApiKeys.of("short"))
                .withMessageStartingWith("the key has 5 characters");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ApiKeys.of(KEY + " name=x"))
                .withMessageStartingWith("the key has spaces");
        assertThat(ApiKeys.of(KEY + '\n').of(bearing("Bearer " + KEY)).may(Right.PULL))
                .isTrue();
    }

    /** By its number it got the files and responses of another one when a line was added before it. */
    @Test
    void keyWithoutAName_keepsItsTenant_whenLinesMove() {
        Caller before = ApiKeys.parse(List.of("sk-another-long-key", KEY)).of(bearing("Bearer " + KEY));
        ApiKeys keys = ApiKeys.parse(List.of(KEY, "sk-another-long-key"));
        Caller after = keys.of(bearing("Bearer " + KEY));
        assertThat(after.tenant()).isEqualTo(before.tenant());
        assertThat(after.tenant()).doesNotContain(KEY.substring(3));
        assertThat(keys.of(bearing("Bearer sk-another-long-key")).tenant()).isNotEqualTo(after.tenant());
    }

    @Test
    void twoKeysOfOneName_allowTheSame_orAreRefused() {
        String first = KEY + " name=a models=small requests-per-minute=5";
        ApiKeys keys = ApiKeys.parse(List.of(first, "sk-another-long-key name=a models=small requests-per-minute=5"));
        assertThat(keys.named("a", "a")).isNotNull();
        for (String other : List.of("", " models=small", " models=small requests-per-minute=5 admin", " priority=1")) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .as(other)
                    .isThrownBy(() -> ApiKeys.parse(List.of(first, "sk-another-long-key name=a" + other)))
                    .withMessageStartingWith("line 2 of the API keys: another key has the name 'a'");
        }
        assertThat(ApiKeys.parse(List.of(first, "sk-another-long-key name=a tenant=b"))
                        .named("a", "b"))
                .isNotNull();
    }

    @Test
    void mayPull_isForKeysThatSayIt() {
        ApiKeys keys = ApiKeys.parse(List.of(KEY + " may-pull", "sk-another-long-key"));
        assertThat(keys.of(bearing("Bearer " + KEY)).may(Right.PULL)).isTrue();
        assertThat(keys.of(bearing("Bearer sk-another-long-key")).may(Right.PULL))
                .isFalse();
        assertThat(ApiKeys.of(KEY).of(bearing("Bearer " + KEY)).may(Right.PULL)).isTrue();
    }

    @Test
    void of_noKeyOrAnother_isRefused() {
        ApiKeys keys = ApiKeys.of(KEY);
        assertRefused(keys, new FakeExchange("GET", "/", ""));
        assertRefused(keys, bearing("Bearer " + KEY + "x"));
        assertRefused(keys, bearing("Bearer "));
        assertRefused(keys, bearing(KEY));
        assertRefused(keys, bearing("Basic " + KEY));
    }

    @Test
    void parse_hash_isThatOfTheKey() throws Exception {
        String hex = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(KEY.getBytes(StandardCharsets.UTF_8)));
        assertThat(ApiKeys.parse(List.of("sha256:" + hex + " name=hashed"))
                        .of(bearing("bearer " + KEY))
                        .name())
                .isEqualTo("hashed");
        assertRefused(ApiKeys.parse(List.of(HASH)), bearing("Bearer " + KEY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "short",
                KEY + " nonsense",
                KEY + " priority=high",
                KEY + " requests-per-minute=0",
                "sha256:12",
                "sha256:zz",
                "# nothing"
            })
    void parse_lineThatIsWrong_isRefused_withoutTheKey(String line) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ApiKeys.parse(List.of(line)))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(KEY));
    }

    /** A line with two keys was told with the second, by --check and in the log. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "sk-aaaaaaaaaaaaaaaa " + KEY,
                "sk-aaaaaaaaaaaaaaaa " + KEY + "=x",
                "sk-aaaaaaaaaaaaaaaa priority=" + KEY,
                "sk-aaaaaaaaaaaaaaaa tokens-per-minute=" + KEY,
                "sha256:" + KEY
            })
    void parse_aSecondKeyInALine_isNamedByItsPlace_notByItsText(String line) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ApiKeys.parse(List.of(line)))
                .withMessageStartingWith("line 1 of the API keys: ")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(KEY).doesNotContain("\"k\""));
    }

    @Test
    void parse_unknownWord_isNamedByItsPlace() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ApiKeys.parse(List.of("# ours", KEY + " admin nonsense")))
                .withMessageStartingWith("line 2 of the API keys: word 3 is not known, ");
    }

    @Test
    void toString_hasNoKey() {
        assertThat(ApiKeys.of(KEY)).hasToString("ApiKeys[1]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080"})
    void local_thisMachine_mayCall(String host) {
        assertThat(Callers.local().of(new FakeExchange("GET", "/", "").with("host", host)))
                .isEqualTo(Caller.ANYONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "10.0.0.1", ""})
    void local_anotherHost_mayNot(String host) {
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> Callers.local().of(new FakeExchange("GET", "/", "").with("host", host)))
                .satisfies(e -> assertThat(e.problem().kind()).isEqualTo(Problem.Kind.FORBIDDEN));
    }

    @Test
    void models_areNamesAndBeginningsOfNames() {
        Caller caller = ApiKeys.parse(List.of(KEY + " models=small,large:*")).of(bearing("Bearer " + KEY));
        assertThat(caller.mayUse(List.of("other", "small"))).isTrue();
        assertThat(caller.mayUse(List.of("large:law"))).isTrue();
        assertThat(caller.mayUse(List.of("large"))).isFalse();
        assertThat(Caller.ANYONE.mayUse(List.of("large"))).isTrue();
    }

    @Test
    void readAgain_keepsWhatIsLeftOfQuotas(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("keys"), KEY + " requests-per-minute=2\n");
        ApiKeys before = ApiKeys.read(file);
        Files.writeString(file, KEY + " name=renamed requests-per-minute=2\n");
        Caller same = before.readAgain(file).of(bearing("Bearer " + KEY));
        assertThat(same.name()).isEqualTo("renamed");
        assertThat(same.quota()).isSameAs(before.of(bearing("Bearer " + KEY)).quota());
        Files.writeString(file, KEY + " requests-per-minute=3\n");
        assertThat(before.readAgain(file).of(bearing("Bearer " + KEY)).quota()).isNotSameAs(same.quota());
    }
}
