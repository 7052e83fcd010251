package dev.tokapu.server.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.chat.ChatMessage;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.responses.Item.Message;
import dev.tokapu.server.responses.StoredResponse.Owner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ResponseStoreTest {

    private static final Owner ONE = new Owner("one", "one");
    private static final Owner TWO = new Owner("two", "two/ann");

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1); // where nanoTime may turn over

    private ResponseStore store(int count, long bytes) {
        return new ResponseStore(new StoreLimits(count, bytes, Duration.ofHours(1)), now::get);
    }

    private static StoredResponse response(String id, Owner owner, StoredResponse previous) {
        Message question = new Message("msg_q" + id, "user", "question " + id, List.of(), Item.COMPLETED);
        Message answer = new Message("msg_a" + id, "assistant", "answer " + id, List.of(), Item.COMPLETED);
        byte[] body = JsonText.write(Map.of("id", id, "output", List.of(answer.json())));
        return new StoredResponse(id, owner, body, List.of(answer), List.of(question), previous);
    }

    @Test
    void response_isTheOwnersAlone() {
        ResponseStore store = store(10, 1 << 20);
        store.put(response("a", TWO, null));
        assertThat(store.find("a", TWO)).isNotNull();
        assertThat(store.find("a", new Owner("two", "two/bob"))).isNull();
        assertThat(store.find("a", ONE)).isNull();
        assertThat(store.find("a", "two")).isNotNull();
        assertThat(store.find("a", "one")).isNull();
        assertThat(store.findItem("msg_aa", TWO).id()).isEqualTo("msg_aa");
        assertThat(store.findItem("msg_aa", ONE)).isNull();
        assertThat(store.remove("a", "one")).isFalse();
        assertThat(store.remove("a", "two")).isTrue();
        assertThat(store.find("a", TWO)).isNull();
        assertThat(store.findItem("msg_aa", TWO)).isNull();
        assertThat(store.bytes()).isZero();
    }

    @Test
    void conversation_isAllOfItsTurns() {
        StoredResponse first = response("a", ONE, null);
        StoredResponse second = response("b", ONE, first);
        assertThat(ItemMessages.of(null, second.conversation()))
                .containsExactly(
                        ChatMessage.user("question a"),
                        ChatMessage.assistant("answer a"),
                        ChatMessage.user("question b"),
                        ChatMessage.assistant("answer b"));
        assertThat(second.input()).extracting(Item::id).containsExactly("msg_qb");
        assertThat(new String(second.body(), StandardCharsets.UTF_8)).contains("answer b");
    }

    @Test
    void whatAResponseBuildsOn_staysAndCounts_asLongAsItDoes() {
        ResponseStore store = store(10, 1 << 20);
        StoredResponse first = response("a", ONE, null);
        StoredResponse second = response("b", ONE, first);
        StoredResponse other = response("c", ONE, first);
        store.put(first);
        store.put(second);
        store.put(other);
        long all = store.bytes();
        assertThat(all).isEqualTo(first.bytes() + second.bytes() + other.bytes());
        store.remove("a", "one");
        assertThat(store.find("a", ONE)).isNull();
        assertThat(store.bytes()).isEqualTo(all);
        store.remove("b", "one");
        assertThat(store.bytes()).isEqualTo(first.bytes() + other.bytes());
        store.remove("c", "one");
        assertThat(store.bytes()).isZero();
    }

    @Test
    void oldest_goesWhenThereAreTooMany() {
        ResponseStore store = store(2, 1 << 20);
        List.of("a", "b", "c").forEach(id -> store.put(response(id, ONE, null)));
        assertThat(store.size()).isEqualTo(2);
        assertThat(store.find("a", ONE)).isNull();
        assertThat(store.find("c", ONE)).isNotNull();
    }

    @Test
    void tenantWithTheMostBytes_givesWay_andNotTheOthers() {
        long size = response("a", ONE, null).bytes();
        ResponseStore store = store(100, 4 * size + size / 2);
        store.put(response("z", TWO, null));
        List.of("a", "b", "c", "d", "e").forEach(id -> store.put(response(id, ONE, null)));
        assertThat(store.find("z", TWO)).isNotNull();
        assertThat(store.size()).isEqualTo(4);
        assertThat(store.find("b", ONE)).isNull();
        assertThat(store.find("c", ONE)).isNotNull();
    }

    @Test
    void longConversation_thatFillsTheStore_isLetGo() {
        ResponseStore store = store(100, 3 * response("a", ONE, null).bytes());
        StoredResponse last = null;
        for (int i = 0; i < 10; i++) {
            last = response("r" + i, ONE, last);
            store.put(last);
            assertThat(store.bytes())
                    .isLessThanOrEqualTo(3 * response("a", ONE, null).bytes());
        }
    }

    @Test
    void response_goesWhenItIsOld() {
        ResponseStore store = store(10, 1 << 20);
        store.put(response("a", ONE, null));
        now.addAndGet(Duration.ofMinutes(40).toNanos());
        store.put(response("b", ONE, null));
        now.addAndGet(Duration.ofMinutes(40).toNanos());
        assertThat(store.find("a", ONE)).isNull();
        assertThat(store.find("b", ONE)).isNotNull();
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void storeOfNone_keepsNone() {
        ResponseStore store = store(0, 1 << 20);
        store.put(response("a", ONE, null));
        assertThat(store.size()).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> store(-1, 0)).withMessageContaining("negative");
    }
}
