package dev.tokapu.spark;

import dev.tokapu.testsupport.ChildJvm;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.SparkSession;

/** Clusters on this machine, of the jars on the class path: no distribution of Spark is needed. */
final class Clusters implements AutoCloseable {

    static final String HOST = "127.0.0.1";

    private final Path logs;
    private final int port;
    private final List<Process> processes = new ArrayList<>();

    private Clusters(Path logs, int port) {
        this.logs = logs;
        this.port = port;
    }

    /** Settings of a session whose executors have the class path and the properties of this test. */
    static SparkSession.Builder settings(String master) throws IOException {
        Path home = Path.of(System.getenv("SPARK_HOME"));
        Files.createDirectories(home.resolve("jars")); // Spark looks for it; what it needs is on the class path
        return LocalSpark.builder(master)
                .config("spark.executor.memory", "600m")
                .config("spark.executor.cores", "1")
                // No task begins before both executors are there.
                .config("spark.cores.max", "2")
                .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
                .config("spark.scheduler.maxRegisteredResourcesWaitingTime", "10min")
                .config("spark.executor.extraClassPath", classPath())
                .config("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1 " + properties());
    }

    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    static String properties() {
        return System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("tokapu."))
                .filter(name -> !System.getProperty(name).isEmpty())
                .map(name -> "-D" + name + '=' + System.getProperty(name))
                .collect(Collectors.joining(" "));
    }

    /** A master and its workers, each a process, with one core a worker. */
    static Clusters standalone(Path logs, int workers) throws IOException, InterruptedException {
        Clusters cluster = new Clusters(logs, freePort());
        try {
            cluster.launch(workers);
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void launch(int workers) throws IOException, InterruptedException {
        launch("org.apache.spark.deploy.master.Master", "--host", HOST, "--port", "" + port, "--webui-port", "0");
        awaitListening(processes.get(0), port, logs.resolve("0.err"));
        for (int i = 0; i < workers; i++) {
            launch(
                    "org.apache.spark.deploy.worker.Worker",
                    "--host",
                    HOST,
                    "--cores",
                    "1",
                    "--memory",
                    "1g",
                    "--webui-port",
                    "0",
                    "--work-dir",
                    logs.resolve("work" + i).toString(),
                    master());
        }
    }

    /** Until a process listens, of which a session or a client waits no more than a minute. */
    static void awaitListening(Process process, int port, Path log) throws IOException, InterruptedException {
        while (process.isAlive()) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (ConnectException e) {
                Thread.sleep(100);
            }
        }
        throw new IllegalStateException("the process has ended: " + Files.readString(log));
    }

    String master() {
        return "spark://" + HOST + ":" + port;
    }

    private void launch(String mainClass, String... arguments) throws IOException {
        int number = processes.size();
        processes.add(
                jvm(mainClass).start(logs.resolve(number + ".out"), logs.resolve(number + ".err"), List.of(arguments)));
    }

    /** A JVM that Spark's classes can run in. */
    static ChildJvm jvm(String mainClass) {
        ChildJvm jvm = new ChildJvm(mainClass);
        Stream.of(JavaModuleOptions.defaultModuleOptionArray())
                .filter(option -> !option.startsWith("--add-modules"))
                .forEach(jvm::option);
        return jvm;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The executors that this process has started, or its workers. */
    static List<ProcessHandle> executors() {
        return ProcessHandle.current()
                .descendants()
                .filter(process ->
                        commandLine(process).contains("org.apache.spark.executor.CoarseGrainedExecutorBackend"))
                .toList();
    }

    /** As Linux has it: {@link ProcessHandle} tells none that is longer than a page, as with this class path. */
    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", "" + process.pid(), "cmdline"));
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    @Override
    public void close() {
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
