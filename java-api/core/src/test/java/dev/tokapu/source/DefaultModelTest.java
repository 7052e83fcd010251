package dev.tokapu.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.exception.ModelLoadException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URL;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DefaultModelTest {

    /** Defines the class again, and finds no resource. */
    private static final class WithoutResources extends ClassLoader {

        WithoutResources() {
            super(DefaultModelTest.class.getClassLoader());
        }

        @Override
        public @Nullable URL getResource(String name) {
            return null;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(DefaultModel.class.getName()) || findLoadedClass(name) != null) {
                return super.loadClass(name, resolve);
            }
            try (InputStream in = DefaultModel.class.getResourceAsStream("DefaultModel.class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void source_onTheClassPath_isTheResource() {
        assertThat(DefaultModel.source()).isEqualTo(ModelSource.resource(DefaultModel.RESOURCE));
    }

    @Test
    void source_notOnTheClassPath_namesTheArtifact() throws ReflectiveOperationException {
        ClassLoader blind = new WithoutResources();
        Method source = Class.forName(DefaultModel.class.getName(), true, blind).getMethod("source");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(blind);
        try {
            assertThatThrownBy(() -> source.invoke(null))
                    .cause()
                    .isInstanceOf(ModelLoadException.class)
                    .hasMessageContaining("dev.tokapu:tokapu-model-smollm2-135m-instruct");
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
