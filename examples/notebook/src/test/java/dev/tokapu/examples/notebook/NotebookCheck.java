package dev.tokapu.examples.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.Command;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The notebook, executed by Jupyter's client in the profile {@code clients}: it comes from Python's package index, into the cache of the user. */
@Tag("ffm")
class NotebookCheck {

    @Test
    void notebook_withTheJarsOnTheClassPath_answersInEachCell() throws Exception {
        Path python = Command.python("jjava-1.0a8", "jjava==1.0a8", "nbclient==0.11.0");
        ProcessBuilder jupyter = new ProcessBuilder(python.toString(), "src/test/python/execute.py", "tokapu.ipynb");
        Map<String, String> environment = jupyter.environment();
        String java = Path.of(System.getProperty("java.home"), "bin").toString();
        environment.put("PATH", java + File.pathSeparator + environment.get("PATH"));
        environment.put("JJAVA_CLASSPATH", System.getProperty("surefire.test.class.path"));
        environment.put(
                "JJAVA_JVM_OPTS",
                "--enable-native-access=ALL-UNNAMED -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dtokapu.binding="
                        + System.getProperty("tokapu.binding"));
        assertThat(Command.run(jupyter, Duration.ofMinutes(10))).contains("llama", "[19556, 28, 905, 17]");
    }
}
