package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.chat.TypeRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Types that no schema expresses: {@code of} names the path. */
class InexpressibleTypesTest {

    record BadKey(Map<Integer, String> byNumber) {}

    record BadList(List<BadKey> items) {}

    record Endless(String name, Optional<Endless> fine, Endless other) {}

    record OfJdk(List<Thread> threads) {}

    interface Open {}

    record HasOpen(Optional<Map<String, Open>> open) {}

    sealed interface Tagged permits Clash {}

    record Clash(String type) implements Tagged {}

    static final class NoCreator {
        NoCreator(String a, int b) {}
    }

    record HasNoCreator(List<NoCreator> creators) {}

    @Test
    void of_whatCannotBeExpressed_namesThePath() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(BadList.class))
                .withMessageStartingWith(
                        "BadList.items[].byNumber is a java.util.Map<java.lang.Integer,java.lang.String>");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(Endless.class))
                .withMessageStartingWith("Endless.other cannot be ")
                .withMessageContaining("without end");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(HasOpen.class))
                .withMessageStartingWith("HasOpen.open{} is a ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(Tagged.class))
                .withMessageStartingWith("Tagged is a ")
                .withMessageContaining("tells subtypes apart");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(HasNoCreator.class))
                .withMessageStartingWith("HasNoCreator.creators[] is a ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(OfJdk.class))
                .withMessageStartingWith("OfJdk.threads[] is a java.lang.Thread");
        assertThatIllegalArgumentException().isThrownBy(() -> StructuredType.of(void.class));
    }

    @Test
    void typeRef_withoutType_throws() {
        assertThatIllegalArgumentException().isThrownBy(NoType::new).withMessageContaining("TypeRef<List<Person>>");
    }

    @SuppressWarnings("rawtypes")
    private static final class NoType extends TypeRef {}
}
