package dev.tokapu.spi.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackendsTest {

    private final FakeLinker linker = new FakeLinker();

    private List<Backend> load(String property, BackendModule... modules) {
        return Backends.load(List.of(modules), Backends.Selection.of(property), new BackendLoader(linker.api(), null));
    }

    private static BackendModule module(String name, String origin) {
        return new BackendModule(name, origin, () -> Path.of("/" + origin));
    }

    @Test
    void load_none_loadsNothingAndIsNoFailure() {
        List<Backend> backends = load("none", module("sycl", "a.jar"));

        assertThat(backends).singleElement().satisfies(backend -> {
            assertThat(backend.state()).isEqualTo(Backend.State.LEFT_OUT);
            assertThat(backend.problem()).isEqualTo("left out by -Dtokapu.backends=none");
        });
        assertThat(linker.calls()).isEmpty();
    }

    @Test
    void load_names_loadsOnlyThose() {
        linker.library("/b.jar");

        List<Backend> backends = load(" SYCL, ", module("hip", "a.jar"), module("sycl", "b.jar"));

        assertThat(backends).extracting(Backend::state).containsExactly(Backend.State.LEFT_OUT, Backend.State.LOADED);
    }

    @Test
    void load_nameThatIsNotThere_failsWithWhatToAdd() {
        List<Backend> backends = load("cuda");

        assertThat(backends).singleElement().satisfies(backend -> {
            assertThat(backend.state()).isEqualTo(Backend.State.FAILED);
            assertThat(backend.name()).isEqualTo("cuda");
            assertThat(backend.advice()).contains("tokapu-native", "-Dtokapu.backend.path", "libggml-cuda.so");
        });
    }

    @Test
    void load_twoOfOneName_secondIsTheReserve() {
        linker.refuse("/a.jar", "no").library("/b.jar").library("/c.jar");

        List<Backend> backends = load(null, module("sycl", "a.jar"), module("sycl", "b.jar"), module("sycl", "c.jar"));

        assertThat(backends)
                .extracting(Backend::state)
                .containsExactly(Backend.State.FAILED, Backend.State.LOADED, Backend.State.LEFT_OUT);
        assertThat(backends.get(2).problem()).isEqualTo("that of b.jar is in use");
        assertThat(linker.calls()).doesNotContain("load /c.jar");
    }

    @Test
    void load_nameOfAJar_isThatOfItsBackend() {
        linker.library("/a.jar").library("/b.jar");

        assertThat(load("rocm", module("hip", "a.jar"), module("cuda", "b.jar")))
                .extracting(Backend::state)
                .containsExactly(Backend.State.LOADED, Backend.State.LEFT_OUT);
        assertThat(Backends.Selection.of("CUDA12, rocm").names()).containsExactlyInAnyOrder("cuda", "hip");
    }
}
