package dev.tokapu.examples.micronaut;

import io.micronaut.runtime.Micronaut;

/** A web application with a language model in its own process. */
public final class ChatApplication {

    private ChatApplication() {}

    public static void main(String[] args) {
        Micronaut.run(ChatApplication.class, args);
    }
}
