package dev.tokapu.server.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StopSequenceTest {

    @Test
    void find_namesTheOneThatBecameComplete() {
        assertThat(StopSequence.find("say EN", "D", List.of("STOP", "END"))).isEqualTo("END");
        assertThat(StopSequence.find("say ", "END and STOP", List.of("STOP", "END")))
                .isEqualTo("END");
        assertThat(StopSequence.find("say THE EN", "D", List.of("END", "THE END")))
                .isEqualTo("THE END");
    }

    @Test
    void find_doesNotNameOneThatIsNotThere() {
        assertThat(StopSequence.find("say EN", "D", List.of("STOP"))).isNull();
        assertThat(StopSequence.find("", "", List.of("STOP"))).isNull();
        assertThat(StopSequence.find("", "x", List.of())).isNull();
    }

    @Test
    void find_comparesBytesSoThatTokensMayEndInsideACharacter() {
        assertThat(StopSequence.find("caf\u00c3", "\u00a9", List.of("é"))).isEqualTo("é");
    }
}
