package dev.tokapu.spark;

import dev.tokapu.testsupport.Command;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.SparkBuildInfo;

/**
 * PySpark of the version that the tests have, from Python's package index, in the cache of the user. It is a whole distribution of Spark.
 *
 * @param python the interpreter
 * @param home the distribution
 */
record PySpark(Path python, Path home) {

    static PySpark installed() throws IOException, InterruptedException {
        String version = SparkBuildInfo.spark_version();
        Path python = Command.python("pyspark-" + version, "pyspark[connect]==" + version);
        String home = Command.run(
                new ProcessBuilder(python.toString(), "-c", "import pyspark; print(pyspark.__path__[0])"),
                Duration.ofMinutes(2));
        return new PySpark(python, Path.of(home.strip()));
    }

    /** Runs a script of src/test/python, which must end well, with options of spark-submit for its own session. */
    String run(String options, String script, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(python.toString(), "src/test/python/" + script));
        command.addAll(List.of(arguments));
        ProcessBuilder program = program(command);
        program.environment().put("PYSPARK_SUBMIT_ARGS", options + " pyspark-shell");
        return Command.run(program, Duration.ofMinutes(10));
    }

    /** A program of this distribution, on the Java of this process. */
    ProcessBuilder program(List<String> command) {
        ProcessBuilder program = new ProcessBuilder(command);
        Map<String, String> environment = program.environment();
        environment.put("SPARK_HOME", home.toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        return program;
    }

    /** The jars of Tokapu and what they need beside Spark. */
    static List<String> tokapuJars() {
        return Stream.of(Clusters.classPath().split(File.pathSeparator))
                .filter(entry -> Path.of(entry)
                        .getFileName()
                        .toString()
                        .matches("(tokapu|javacpp)-(?!test-support|.*-tests).*\\.jar"))
                .toList();
    }
}
