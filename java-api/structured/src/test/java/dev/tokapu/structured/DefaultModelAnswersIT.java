package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.chat.TypeRef;
import dev.tokapu.structured.TypeShapes.Animal;
import dev.tokapu.structured.TypeShapes.Color;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A few types with a small real model: its answers have the right form, whether they are true or not. */
@Timeout(300)
class DefaultModelAnswersIT {

    record Person(
            @Size(max = 40) String name, @Min(0) @Max(150) int age, Optional<LocalDate> born) {}

    record Recipe(
            @Size(max = 40) String title,
            @Size(min = 1, max = 3) List<@Size(max = 20) String> steps,
            Color color) {}

    @Test
    void ask_severalTypes_givesValues() {
        ChatOptions options = ChatOptions.builder()
                .context(TestModels.small().contextSize(4096).build())
                .temperature(0)
                .maxTokens(200)
                .build();
        try (Model model = TestModels.smol();
                ChatSession chat = ChatSession.open(model, options)) {
            Person person = chat.ask("Marie Curie was born on 7 November 1867 and became 66 years old.", Person.class);
            assertThat(person.age()).isBetween(0, 150);
            chat.reset();
            assertThat(chat.ask("How does one make green tea?", Recipe.class).steps())
                    .hasSizeBetween(1, 3);
            chat.reset();
            assertThat(chat.ask("A dog that barked 3 times.", Animal.class)).isNotNull();
            chat.reset();
            assertThat(chat.ask("Which colour has grass?", Color.class)).isNotNull();
            chat.reset();
            assertThat(chat.ask("Is water wet, and is fire cold?", new TypeRef<Map<Color, Boolean>>() {}))
                    .hasSizeLessThan(3);
        }
    }
}
