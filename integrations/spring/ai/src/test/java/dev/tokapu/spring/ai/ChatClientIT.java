package dev.tokapu.spring.ai;

import static dev.tokapu.Playbook.call;
import static dev.tokapu.Playbook.calls;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Playbook;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.advisor.MessageChatMemoryAdvisor;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.memory.MessageWindowChatMemory;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.core.ParameterizedTypeReference;

/** The model behind a ChatClient. */
@Timeout(300)
class ChatClientIT {

    private static final String ROME = call("weather", "{\"town\":\"Rome\"}");
    private static final String CITY = "{\"inhabitants\":3,\"name\":\"Rome\"}";

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine();

    record City(String name, int inhabitants) {}

    static final class Weather {

        final List<String> asked = new ArrayList<>();

        @Tool(description = "The weather of a town")
        String weather(String town) {
            asked.add(town);
            return "sunny in " + town;
        }
    }

    private static ChatClient client(Playbook playbook) {
        return ChatClient.create(SCRIPTED.chat(playbook));
    }

    @Test
    void call_tool_isRunAndItsResultAnswered() {
        Weather weather = new Weather();
        String answer = client(new Playbook().says("How is Rome?", ROME, "It is sunny."))
                .prompt("How is Rome?")
                .tools(weather)
                .call()
                .content();
        assertThat(answer).isEqualTo("It is sunny.");
        assertThat(weather.asked).containsExactly("Rome");
    }

    @Test
    void call_severalTools_areAllRun() {
        Weather weather = new Weather();
        String oslo = call("weather", "{\"town\":\"Oslo\"}");
        String answer = client(new Playbook().says("Rome and Oslo", calls(ROME, oslo), "Sunny, both."))
                .prompt("How are Rome and Oslo?")
                .tools(weather)
                .call()
                .content();
        assertThat(answer).isEqualTo("Sunny, both.");
        assertThat(weather.asked).containsExactly("Rome", "Oslo");
    }

    @Test
    void stream_tool_isRunAndItsResultStreamed() {
        Weather weather = new Weather();
        List<String> parts = client(new Playbook().says("How is Rome?", ROME, "It is sunny."))
                .prompt("How is Rome?")
                .tools(weather)
                .stream()
                .content()
                .collectList()
                .block();
        assertThat(String.join("", parts)).isEqualTo("It is sunny.");
        assertThat(weather.asked).containsExactly("Rome");
    }

    @Test
    void entity_record_isHeldToItsSchema() {
        City city = client(new Playbook().says("A city", CITY))
                .prompt("A city")
                .call()
                .entity(City.class, spec -> spec.useProviderStructuredOutput());
        assertThat(city).isEqualTo(new City("Rome", 3));
    }

    @Test
    void entity_list_isHeldToItsSchema() {
        List<City> cities = client(new Playbook().says("Cities", "[" + CITY + "," + CITY + "]"))
                .prompt("Cities")
                .call()
                .entity(new ParameterizedTypeReference<List<City>>() {}, spec -> spec.useProviderStructuredOutput());
        assertThat(cities).containsExactly(new City("Rome", 3), new City("Rome", 3));
    }

    /** Spring AI's own way: the schema is in the text of the prompt, and the model may do as it likes. */
    @Test
    void entity_withoutProvider_isReadFromTheText() {
        City city = client(new Playbook().says("A city", CITY))
                .prompt("A city")
                .call()
                .entity(City.class);
        assertThat(city).isEqualTo(new City("Rome", 3));
    }

    @Test
    void entity_behindATool_isHeldToItsSchema() {
        Weather weather = new Weather();
        City city = client(new Playbook().says("The city of Rome", ROME, CITY))
                .prompt("The city of Rome")
                .tools(weather)
                .call()
                .entity(City.class, spec -> spec.useProviderStructuredOutput());
        assertThat(city).isEqualTo(new City("Rome", 3));
        assertThat(weather.asked).containsExactly("Rome");
    }

    @Test
    void call_withMemory_modelReadsTheConversation() {
        ChatMemory memory = MessageWindowChatMemory.builder().build();
        ChatClient client = ChatClient.builder(SCRIPTED.chat(
                        new Playbook().says("I am Ada", "Hello, Ada.").says("Who am I?", "Ada.")))
                .defaultAdvisors(MessageChatMemoryAdvisor.builder(memory).build())
                .build();
        Usage first = usage(client, "I am Ada");
        Usage second = usage(client, "Who am I?");
        assertThat(second.getPromptTokens()).isGreaterThan(first.getPromptTokens() + first.getCompletionTokens());
        assertThat(second.getCacheReadInputTokens()).isGreaterThanOrEqualTo(first.getPromptTokens());
        assertThat(memory.get("one")).hasSize(4);
    }

    private static Usage usage(ChatClient client, String text) {
        return client.prompt(text)
                .advisors(advisor -> advisor.param(ChatMemory.CONVERSATION_ID, "one"))
                .call()
                .chatResponse()
                .getMetadata()
                .getUsage();
    }

    @Test
    void call_optionsOfTheRequest_areAddedToThoseOfTheModel() {
        assertThat(client(new Playbook().says("Go on", "word ".repeat(100)))
                        .prompt("Go on")
                        .options(TokapuChatOptions.builder().maxTokens(4))
                        .call()
                        .chatResponse()
                        .getMetadata()
                        .getUsage()
                        .getCompletionTokens())
                .isEqualTo(4);
    }
}
