package dev.tokapu.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ThoroughTest {

    @Test
    void some_areFromEverywhereInTheList() {
        List<Integer> all = List.of(0, 1, 2, 3, 4, 5, 6);
        assertThat(Thorough.spread(all, 3)).containsExactly(0, 2, 4);
        assertThat(Thorough.spread(all, 1)).containsExactly(0);
        assertThat(Thorough.spread(all, 7)).isEqualTo(all);
    }

    @Test
    void cases_areNeverMoreThanThereAre() {
        assertThat(Thorough.cases(2, 5, 5)).isEqualTo(2);
        assertThat(Thorough.some(List.of("a", "b"), 9, 9)).containsExactly("a", "b");
    }
}
