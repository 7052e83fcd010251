package dev.tokapu.spring.ai;

import dev.tokapu.Model;
import org.jspecify.annotations.Nullable;

/** What models are called in options, responses and observations. */
final class ModelNames {

    private static final String UNNAMED = "tokapu";

    private ModelNames() {}

    /** {@return the name that was set, else that in the model's file} */
    static String of(@Nullable String set, Model model) {
        return set == null ? model.info().name().orElse(UNNAMED) : set;
    }

    /** Refuses a request for another model. */
    static void require(@Nullable String asked, String name) {
        if (asked != null && !asked.equals(name)) {
            throw new IllegalArgumentException("there is no model '" + asked + "'; there is '" + name
                    + "', which is taken when the options name none");
        }
    }
}
