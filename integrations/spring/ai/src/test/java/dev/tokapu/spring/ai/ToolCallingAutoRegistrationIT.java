package dev.tokapu.spring.ai;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.test.chat.client.advisor.AbstractToolCallingAdvisorAutoRegistrationIT;

@Timeout(300)
class ToolCallingAutoRegistrationIT extends AbstractToolCallingAdvisorAutoRegistrationIT {

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine();

    @Override
    protected ChatModel getChatModel() {
        return SCRIPTED.chat(WeatherScript.playbook());
    }
}
