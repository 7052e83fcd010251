package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TextTest {

    @Test
    void quoted_text_escapesLineEnds() {
        assertThat(Pieces.quoted("a\n'\u0007".getBytes(StandardCharsets.UTF_8))).isEqualTo("'a\\n\\'\\x07'");
    }

    @Test
    void readable_partOfCharacter_isHexadecimal() {
        assertThat(Pieces.readable(new byte[] {(byte) 0xE2, (byte) 0x80})).isEqualTo("\\xE2\\x80");
    }

    @Test
    void table_columns_areAligned() {
        Table table = new Table("test", "t/s");
        table.add("pp512", "1");
        assertThat(table).hasToString("| test  | t/s |\n|-------|-----|\n| pp512 | 1   |\n");
    }

    @Test
    void units_readableSizes() {
        assertThat(Units.bytes(512)).isEqualTo("512 B");
        assertThat(Units.bytes(96_980_000)).isEqualTo("92.49 MiB");
        assertThat(Units.count(134_515_008)).isEqualTo("134.52 M");
        assertThat(Units.count(999)).isEqualTo("999");
    }

    @Test
    void speed_meanAndDeviationOfASample() {
        assertThat(SpeedTest.mean(new double[] {1, 2, 3})).isEqualTo(2);
        assertThat(SpeedTest.deviation(new double[] {1, 2, 3})).isEqualTo(1);
        assertThat(SpeedTest.deviation(new double[] {7})).isZero();
    }

    @Test
    void isCommand_paths_areText() {
        assertThat(Conversation.isCommand("/reset")).isTrue();
        assertThat(Conversation.isCommand("/system You are brief.")).isTrue();
        assertThat(Conversation.isCommand("/etc/hosts")).isFalse();
        assertThat(Conversation.isCommand("/")).isFalse();
        assertThat(Conversation.isCommand("why")).isFalse();
    }
}
