package dev.tokapu.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Spark Connect's server of a distribution, a process of its own with Tokapu's jars. */
final class ConnectServer implements AutoCloseable {

    private final Process process;
    private final int port;

    private ConnectServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** A server that listens, with further settings of Spark. */
    static ConnectServer start(PySpark distribution, Path log, Map<String, String> settings)
            throws IOException, InterruptedException {
        int port = Clusters.freePort();
        Map<String, String> all = new TreeMap<>(Map.of(
                "spark.master",
                "local[2]",
                "spark.ui.enabled",
                "false",
                "spark.driver.bindAddress",
                Clusters.HOST,
                "spark.driver.host",
                Clusters.HOST,
                "spark.driver.extraJavaOptions",
                "-XX:TieredStopAtLevel=1 " + Clusters.properties(),
                "spark.jars",
                String.join(",", PySpark.tokapuJars()),
                "spark.connect.grpc.binding.address",
                Clusters.HOST,
                "spark.connect.grpc.binding.port",
                "" + port));
        all.putAll(settings);
        List<String> command = new ArrayList<>(
                List.of(distribution.home().resolve("bin/spark-submit").toString()));
        command.addAll(List.of("--class", "org.apache.spark.sql.connect.service.SparkConnectServer"));
        all.forEach((key, value) -> command.addAll(List.of("--conf", key + '=' + value)));
        command.add("spark-internal");
        Process process = distribution
                .program(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        ConnectServer server = new ConnectServer(process, port);
        try {
            Clusters.awaitListening(process, port, log);
            return server;
        } catch (IOException | InterruptedException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    String url() {
        return "sc://" + Clusters.HOST + ':' + port;
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
