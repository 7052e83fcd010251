package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.exception.DeviceMemoryException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineContextsIT {

    @TinyModel
    private static Model model;

    private final List<EngineContexts> opened = new ArrayList<>();

    private EngineContexts opening() {
        EngineOptions options = EngineFixture.options().build();
        EngineContexts contexts = EngineContexts.open(ReplicaSpec.of(model, options));
        opened.add(contexts);
        return contexts;
    }

    @Test
    void openWithRoom_enoughIsLeft_isOpen() {
        try (EngineContexts contexts = EngineContexts.openWithRoom(this::opening, () -> true)) {
            assertThat(opened).containsExactly(contexts);
            assertThat(opened.get(0).context().isClosed()).isFalse();
        }
    }

    @Test
    void openWithRoom_tooLittleIsLeft_isClosedAgain() {
        assertThat(EngineContexts.openWithRoom(this::opening, () -> false)).isNull();
        assertThat(opened.get(0).context().isClosed()).isTrue();
    }

    @Test
    void openWithRoom_deviceDoesNotAnswer_isClosedAgain() {
        assertThatIllegalStateException()
                .isThrownBy(() -> EngineContexts.openWithRoom(this::opening, () -> {
                    throw new IllegalStateException("no answer");
                }))
                .withMessage("no answer");
        assertThat(opened.get(0).context().isClosed()).isTrue();
    }

    @Test
    void openWithRoom_buffersDoNotFit_isNothing() {
        assertThat(EngineContexts.openWithRoom(
                        () -> {
                            throw new DeviceMemoryException("failed to allocate");
                        },
                        () -> true))
                .isNull();
    }
}
