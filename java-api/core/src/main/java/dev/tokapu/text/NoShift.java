package dev.tokapu.text;

import java.util.Optional;

/** Forgets nothing. */
enum NoShift implements ContextShift {
    NONE;

    @Override
    public Optional<Range> choose(Situation situation) {
        return Optional.empty();
    }
}
