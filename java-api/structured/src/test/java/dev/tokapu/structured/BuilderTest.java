package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import org.junit.jupiter.api.Test;

/** A type that Jackson reads with a builder. */
@SuppressWarnings("ArrayRecordComponent") // what people write is tried
class BuilderTest {

    @JsonDeserialize(builder = Built.Builder.class)
    static final class Built {
        private final int size;

        private Built(int size) {
            this.size = size;
        }

        public int getSize() {
            return size;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Built built && built.size == size;
        }

        @Override
        public int hashCode() {
            return size;
        }

        @JsonPOJOBuilder(withPrefix = "set")
        static final class Builder {
            private int size;

            @JsonProperty
            public Builder setSize(int value) {
                this.size = value;
                return this;
            }

            public Built build() {
                return new Built(size);
            }
        }
    }

    @Test
    void of_builder_isTaken() {
        StructuredType<Built> type = StructuredType.of(Built.class);
        Built built = new Built(3);
        assertThat(type.parse(type.write(built))).isEqualTo(built);
    }
}
