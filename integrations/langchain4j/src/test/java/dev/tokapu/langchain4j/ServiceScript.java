package dev.tokapu.langchain4j;

import static dev.tokapu.Playbook.call;
import static dev.tokapu.Playbook.calls;

import dev.tokapu.Playbook;

/** What the model says in LangChain4j's own tests of AI services with tools. */
final class ServiceScript {

    private static final String DONE = "It is done.";

    private ServiceScript() {}

    static Playbook playbook() {
        Playbook playbook = new Playbook()
                .says("What is the capital of Germany?", "Berlin")
                .says("Take a photo", call("takePhoto", "{}"))
                .says("What is the date today?", call("currentDate", "{}"), "It is the 7th of January, 2019.")
                .says(
                        "Use 'getWeather' tool",
                        call("getWeather", "{\"arg0\":\"Munich\"}"),
                        "{\"city\":\"Munich\",\"weather\":\"SUNNY\"}");
        sums(playbook);
        return arguments(playbook);
    }

    private static String add(int a, int b) {
        return call("add", "{\"arg0\":" + a + ",\"arg1\":" + b + "}");
    }

    private static void sums(Playbook playbook) {
        playbook.says("Answer in the following format: 37 + 87 = ...", add(37, 87), "37 + 87 = 124")
                .says("Call 2 tools in parallel", calls(add(37, 87), add(73, 78)), "They are 124 and 151.")
                .says("How much is 37 plus 87?", add(37, 87), "It is 124.")
                .says("Now add 47 to the previous result", add(124, 47))
                .says(
                        "then multiply the result by 4",
                        add(2, 3),
                        call("multiply", "{\"arg0\":5,\"arg1\":4}"),
                        "The result is 20.");
    }

    private static Playbook arguments(Playbook playbook) {
        return playbook.says(
                        "Klaus is 37 years old, 1.78m height and single",
                        process("{\"name\":\"Klaus\",\"age\":37,\"height\":1.78,\"married\":false}"),
                        DONE)
                .says(
                        "Klaus lives in Langley Falls",
                        process("{\"name\":\"Klaus\",\"address\":{\"city\":\"Langley Falls\"}}"),
                        DONE)
                .says(
                        "Francine has 2 children",
                        process("{\"name\":\"Francine\",\"children\":[{\"name\":\"Steve\",\"children\":[]},"
                                + "{\"name\":\"Hayley\",\"children\":[]}]}"),
                        DONE)
                .says("Respond in HH:MM:SS format", call("currentTime", "{}"), "It is 17:11:45.")
                .says(
                        "the current temperature in Munich",
                        call("currentTemperature", "{\"arg0\":\"Munich\",\"arg1\":\"CELSIUS\"}"),
                        "It is 19 degrees.")
                .says(
                        "Klaus is 42 years old and Francine is 47 years old",
                        process("{\"Klaus\":42,\"Francine\":47}"),
                        DONE)
                .says(
                        "the following names: Klaus and Franny",
                        call("processNames", "{\"arg0\":[\"Klaus\",\"Franny\"]}"),
                        DONE)
                .says("the following colors: RED and GREEN", process("[\"RED\",\"GREEN\"]"), DONE)
                .says("the following integers: 37, 73", call("processNumbers", "{\"arg0\":[37,73]}"), DONE)
                .says(
                        "the following people: Klaus and Franny",
                        process("[{\"name\":\"Klaus\"},{\"name\":\"Franny\"}]"),
                        DONE)
                .says(
                        "the username with ID",
                        call("getUsernameFromId", "{\"arg0\":\"62dbcc27-aaf3-449a-b12d-5a904271a57f\"}"),
                        "It is Alice.")
                .says("Call tool 'modify'", call("modify", "{\"arg0\":7}"), DONE);
    }

    private static String process(String argument) {
        return call("process", "{\"arg0\":" + argument + "}");
    }
}
