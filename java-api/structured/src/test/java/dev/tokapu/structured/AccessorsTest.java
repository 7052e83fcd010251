package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.junit.jupiter.api.Test;

/** Jackson's view of a class's accessors decides its properties. */
class AccessorsTest {

    private static <T> void assertRoundTrip(Class<T> type, T value, String json) {
        StructuredType<T> structured = StructuredType.of(type);
        assertThat(structured.write(value)).isEqualTo(json.replace('\'', '"'));
        assertThat(structured.parse(structured.write(value))).isEqualTo(value);
    }

    record Computed(int a, int b) {
        @JsonProperty("sum")
        int sum() {
            return a + b;
        }

        public boolean isBig() {
            return a > 100;
        }

        public int getProduct() {
            return a * b;
        }
    }

    @JsonInclude(JsonInclude.Include.NON_DEFAULT)
    static class Bean {
        public int zero;
        public String text = "x";

        @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
        public String secret = "s";

        @Override
        public boolean equals(Object other) {
            return other instanceof Bean bean
                    && bean.zero == zero
                    && bean.text.equals(text)
                    && bean.secret.equals(secret);
        }

        @Override
        public int hashCode() {
            return zero;
        }
    }

    static class Empty {
        @Override
        public boolean equals(Object other) {
            return other instanceof Empty;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    @Test
    void write_computedAndLeftOut_areWhatIsRead() {
        assertRoundTrip(Computed.class, new Computed(1, 2), "{'a':1,'b':2}");
        assertRoundTrip(Bean.class, new Bean(), "{'zero':0,'text':'x','secret':'s'}");
        assertRoundTrip(Empty.class, new Empty(), "{}");
    }

    static final class Lombok {
        private boolean isActive;
        private String mName = "";
        private int xIndex;

        public boolean isActive() {
            return isActive;
        }

        public void setActive(boolean active) {
            isActive = active;
        }

        public String getMName() {
            return mName;
        }

        public void setMName(String name) {
            mName = name;
        }

        public int getxIndex() {
            return xIndex;
        }

        public void setxIndex(int index) {
            xIndex = index;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Lombok bean
                    && bean.isActive == isActive
                    && bean.mName.equals(mName)
                    && bean.xIndex == xIndex;
        }

        @Override
        public int hashCode() {
            return xIndex;
        }
    }

    @Test
    void of_namesOfGetters_areTheProperties() {
        Lombok bean = new Lombok();
        bean.setActive(true);
        bean.setMName("n");
        bean.setxIndex(3);
        StructuredType<Lombok> type = StructuredType.of(Lombok.class);
        assertThat(type.parse(type.write(bean))).isEqualTo(bean);
        assertThat(type.schema()).contains("\"active\"");
    }
}
