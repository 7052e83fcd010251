package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Types whose names contradict each other: {@code of} names both. */
@SuppressWarnings("ArrayRecordComponent") // what people write is tried
class RefusedNamesTest {

    static class TwoNames {
        @JsonProperty(index = 1)
        private String pName = "";

        public String getPName() {
            return pName;
        }

        public void setPName(String value) {
            pName = value;
        }
    }

    @Test
    void of_fieldThatJacksonReadsUnderTwoNames_isNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(TwoNames.class))
                .withMessageContaining("its field pName under two names, pName and pname (its accessors)");
    }

    interface Orders {
        record Created(int id) implements Event {}
    }

    interface Users {
        record Created(int id) implements Event {}
    }

    sealed interface Event permits Orders.Created, Users.Created {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(value = X.class, name = "x"), @JsonSubTypes.Type(value = Y.class, name = "x")})
    interface SameName {}

    record X(int a) implements SameName {}

    record Y(int b) implements SameName {}

    sealed interface Named permits N1, N2 {}

    @JsonTypeName("n")
    record N1(int a) implements Named {}

    @JsonTypeName("n")
    record N2(int a) implements Named {}

    @Test
    void of_subtypesOfOneName_namesBoth() {
        for (Class<?> type : List.of(Event.class, SameName.class, Named.class)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> StructuredType.of(type))
                    .withMessageStartingWith(type.getSimpleName() + " is a ")
                    .withMessageContaining("are both named")
                    .withMessageContaining("@JsonTypeName");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(Event.class))
                .withMessageContaining(Orders.Created.class.getName())
                .withMessageContaining(Users.Created.class.getName());
    }
}
