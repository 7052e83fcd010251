package dev.tokapu.quarkus.deployment;

import dev.tokapu.HollowModel;
import dev.tokapu.Playbook;
import dev.tokapu.TestModels;
import io.quarkus.test.QuarkusUnitTest;

/** Applications of tests. */
final class Applications {

    private Applications() {}

    /** With classes of a test. */
    static QuarkusUnitTest with(Class<?>... classes) {
        return new QuarkusUnitTest()
                .withApplicationRoot(jar -> jar.addClasses(classes)
                        .addClasses(Applications.class, HollowModel.class, Playbook.class, TestModels.class))
                .overrideConfigKey("quarkus.http.test-port", "0");
    }
}
