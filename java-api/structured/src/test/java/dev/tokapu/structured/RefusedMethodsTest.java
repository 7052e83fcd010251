package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolMethod;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Annotated methods that cannot be tools. */
@SuppressWarnings("unused") // what reflection calls
class RefusedMethodsTest {

    private static void assertRefused(Object target, String... parts) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tool.methodsOf(target))
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    @Test
    void methodsOf_sameNameTwice_isRefused() {
        assertRefused(
                new Object() {
                    @ToolMethod
                    void put(int a) {}

                    @ToolMethod
                    void put(String a) {}
                },
                "'put'",
                "put(int)",
                "put(String)",
                "@ToolMethod(name");
        assertThat(Tool.methodsOf(new Object() {
                    @ToolMethod
                    void put(int a) {}

                    @ToolMethod(name = "putText")
                    void put(String a) {}
                }))
                .hasSize(2);
    }

    @Test
    void methodsOf_nothingToCall_isRefused() {
        assertRefused(new Object(), "java.lang.Object", "@ToolMethod");
        assertRefused(Box.class, "give an object");
    }

    static class Box<T> {
        @ToolMethod
        void put(List<T> what) {}
    }

    @Test
    void methodsOf_typesThatNobodyKnows_areRefused() {
        assertRefused(new Box<String>(), "Box.put(List)", "T", "stands for");
        assertRefused(
                new Object() {
                    @ToolMethod
                    <X> void put(X what) {}
                },
                "X");
        assertRefused(
                new Object() {
                    @ToolMethod
                    void put(Future<String> what) {}
                },
                ".put.what");
        assertThat(Tool.methodsOf(new Box<Integer>() {})).hasSize(1);
    }

    @Test
    void methodsOf_parametersOfTheSameName_areRefused() {
        assertRefused(
                new Object() {
                    @ToolMethod
                    void put(int a, @JsonProperty("a") int b) {}
                },
                "the name a");
    }
}
