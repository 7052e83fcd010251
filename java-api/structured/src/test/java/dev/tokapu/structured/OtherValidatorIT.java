package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Spring AI and the MCP SDK bring another release of our JSON schema validator, in the same packages with other signatures. */
@Tag("checkout") // reads jars of the build folder
class OtherValidatorIT {

    @Test
    void parse_anotherReleaseOfTheValidatorIsFirst_usesOurs() throws IOException {
        ChildJvm child = new ChildJvm(OtherValidatorChild.class);
        try (Stream<Path> jars = Files.list(Path.of("target", "other-validator"))) {
            List<Path> others = jars.sorted().toList();
            assertThat(others).hasSizeGreaterThanOrEqualTo(3);
            others.forEach(child::withJar);
        }
        ChildJvm.Result result = child.run();
        assertThat(result.exit()).as(result.err()).isZero();
        assertThat(result.out().lines())
                .containsExactly("json-schema-validator-3.0.0.jar", "1 error", "Lima has 10", "refused");
    }
}
