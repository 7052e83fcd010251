package dev.tokapu.spring.ai;

import static dev.tokapu.Playbook.call;
import static dev.tokapu.Playbook.calls;

import dev.tokapu.Playbook;

/** What the model says in Spring AI's own tests of tools. */
final class WeatherScript {

    private WeatherScript() {}

    static Playbook playbook() {
        return new Playbook()
                .says(
                        "in San Francisco, Tokyo, and Paris",
                        calls(weather("San Francisco", 37, -122), weather("Tokyo", 35, 139), weather("Paris", 48, 2)),
                        "It is 30 degrees in San Francisco, 10 in Tokyo and 15 in Paris.")
                .says("in Tokyo?", weather("Tokyo", 35, 139));
    }

    private static String weather(String place, int latitude, int longitude) {
        return call(
                "getCurrentWeather",
                "{\"lat\":" + latitude + ",\"location\":\"" + place + "\",\"lon\":" + longitude + ",\"unit\":\"C\"}");
    }
}
