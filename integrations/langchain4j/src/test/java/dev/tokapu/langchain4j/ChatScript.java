package dev.tokapu.langchain4j;

import static dev.tokapu.Playbook.call;
import static dev.tokapu.Playbook.calls;

import dev.tokapu.Playbook;

/** What the model says in LangChain4j's own tests of chat models. */
final class ChatScript {

    private static final String BERLIN = "{\"city\":\"Berlin\"}";
    private static final String MUNICH = call("getWeather", "{\"city\":\"Munich\"}");

    private ChatScript() {}

    static Playbook playbook() {
        return new Playbook()
                .says("How much is 2 + 2?", "Berlin is the capital of Germany, and two and two are four.")
                .says("What is the capital of Germany?", BERLIN) // as text and in a format alike
                .says("Translate: 'I love you'", "Ich liebe dich")
                .says("What is my favorite color?", "It is green.")
                .says("Say 'Hello World'", "Hello World")
                .says("hello", "Hello, how may I help you today? There is much to say.")
                .says("What is the weather in Munich?", MUNICH, "{\"weather\":\"sunny\"}")
                .says("Use the get_current_time tool.", call("get_current_time", "{}"), "It is 10:14.")
                .says(
                        "Call tools simultaneously (in parallel)",
                        calls(MUNICH, call("getTime", "{\"country\":\"France\"}")),
                        "It is sunny, and 14:35.")
                .says("I live in Munich", MUNICH)
                .says("Tell me a long story about animals", "Once there was a hen. ".repeat(20));
    }
}
