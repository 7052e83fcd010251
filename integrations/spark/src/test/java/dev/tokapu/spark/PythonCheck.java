package dev.tokapu.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.source.DefaultModel;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * PySpark in a session of its own, and clients of Spark Connect: {@code mvn verify -Pcluster -pl integrations/spark -am -Dit.test=PythonCheck
 * -Dtest=NONE}, with the options that CONTRIBUTING.md has for single tests.
 */
@Timeout(1800)
class PythonCheck {

    private static final String MODEL = "classpath:" + DefaultModel.RESOURCE;

    private static PySpark pyspark;

    @TempDir
    private Path logs;

    @BeforeAll
    static void install() throws Exception {
        pyspark = PySpark.installed();
    }

    @Test
    void pyspark_functionsAndMethods_giveAnswersAndErrors() throws Exception {
        String jars = String.join(",", PySpark.tokapuJars());
        String options =
                "--master local[2] --conf spark.ui.enabled=false --driver-java-options \"-XX:TieredStopAtLevel=1 "
                        + Clusters.properties() + '"';
        assertThat(pyspark.run(options, "classic.py", jars, MODEL)).contains("all of it works");
    }

    @Test
    void connect_functionsFromPython_giveAnswersAndErrors() throws Exception {
        Map<String, String> extension = Map.of("spark.sql.extensions", TokapuExtensions.class.getName());
        try (ConnectServer server = ConnectServer.start(pyspark, logs.resolve("server.log"), extension)) {
            assertThat(pyspark.run("", "connect.py", server.url(), MODEL)).contains("all of it works");
        }
    }

    @Test
    void connect_methodsFromJava_giveAnswersAndErrors() throws Exception {
        try (ConnectServer server = ConnectServer.start(pyspark, logs.resolve("server.log"), Map.of())) {
            ConnectClient.run(pyspark, server.url(), MODEL);
        }
    }
}
