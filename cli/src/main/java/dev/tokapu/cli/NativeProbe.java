package dev.tokapu.cli;

import dev.tokapu.Tokapu;
import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.library.Bindings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The part of {@code doctor} about native code; each step that fails becomes a line of the report. */
final class NativeProbe {

    private final DoctorReport report;

    private NativeProbe(DoctorReport report) {
        this.report = report;
    }

    static void run(DoctorReport report) {
        NativeProbe probe = new NativeProbe(report);
        String chosen;
        try {
            chosen = Tokapu.binding();
        } catch (RuntimeException | LinkageError e) {
            probe.bindings("");
            String message = e.getMessage() == null ? e.toString() : e.getMessage();
            report.section("Libraries", "cannot be loaded");
            report.problem(ExitCode.NATIVE, message, adviceFor(e, message));
            return;
        }
        probe.bindings(chosen);
        probe.libraries();
        probe.processor();
        ProcessorProbe.run(report);
        BackendProbe.run(report);
    }

    static String adviceFor(Throwable problem, String message) {
        if (problem.getCause() instanceof NativeLoadException e && !e.advice().isEmpty()) {
            return e.advice();
        }
        if (System.getProperty("tokapu.cpu") != null && message.contains("tokapu.cpu")) {
            return "Leave out --cpu (-Dtokapu.cpu) to let Tokapu choose the variant.";
        }
        if (System.getProperty("tokapu.numa") != null && message.contains("tokapu.numa")) {
            return "Leave out --numa (-Dtokapu.numa) to let the system place the threads.";
        }
        if (System.getProperty("tokapu.binding") != null && message.contains("tokapu.binding")) {
            return "Leave out --binding (-Dtokapu.binding) to let Tokapu choose the binding.";
        }
        if (message.contains("There are no native libraries") || message.contains("There is no file")) {
            return "Build the native libraries with 'mvn -pl native verify', or follow the hint in the problem itself.";
        }
        return "Follow the hint in the problem itself.";
    }

    private void bindings(String chosen) {
        List<String> lines = new ArrayList<>();
        Map<String, Object> data = new LinkedHashMap<>();
        for (Map.Entry<String, String> candidate : Bindings.survey().entrySet()) {
            String name = candidate.getKey();
            String reason = candidate.getValue();
            String text = reason.isEmpty() ? "fits this Java" : "not here: " + reason;
            lines.add(name + (name.equals(chosen) ? "  chosen" + forced() : "  " + text));
            data.put(name, name.equals(chosen) ? "chosen" : text);
        }
        report.section("Binding", lines);
        report.put("bindings", data);
        report.put("binding", chosen);
    }

    private static String forced() {
        return System.getProperty("tokapu.binding") == null ? "" : ", asked for by --binding or -Dtokapu.binding";
    }

    private void libraries() {
        Path directory = Tokapu.nativeDirectory();
        List<String> lines = new ArrayList<>(List.of("llama.cpp " + Tokapu.llamaVersion(), directory.toString()));
        List<Map<String, Object>> data = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(NativeProbe::isLibrary).sorted().toList()) {
                long size = Files.size(file);
                String checksum = sha256(file);
                lines.add(String.format(Locale.ROOT, "%s  %10s  %s", checksum, Units.bytes(size), file.getFileName()));
                Map<String, Object> entry = new LinkedHashMap<>();
                entry.put("file", String.valueOf(file.getFileName()));
                entry.put("size", size);
                entry.put("sha256", checksum);
                data.add(entry);
            }
        } catch (IOException | UncheckedIOException e) {
            lines.add("cannot be read: " + e.getMessage());
        }
        report.section("Libraries", lines);
        report.put("llama", Tokapu.llamaVersion());
        report.put("nativeDirectory", directory.toString());
        report.put("libraries", data);
    }

    private static boolean isLibrary(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".so") || name.endsWith(".dll") || name.equals("tokapu-probe.exe");
    }

    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private void processor() {
        String chosen = Tokapu.cpuVariant();
        List<String> lines = new ArrayList<>();
        List<Map<String, Object>> data = new ArrayList<>();
        for (Tokapu.CpuVariant variant : Tokapu.cpuVariants()) {
            String mark = variant.name().equals(chosen) ? "  chosen" : "";
            lines.add(String.format(
                    Locale.ROOT,
                    "%-16s %s%s",
                    variant.name(),
                    variant.supported() ? "score " + variant.score() : "not here: " + variant.reason(),
                    mark));
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", variant.name());
            entry.put("supported", variant.supported());
            entry.put("score", variant.score());
            entry.put("reason", variant.reason());
            data.add(entry);
        }
        report.section("CPU", lines);
        report.section("System", Tokapu.systemInfo().replace(" = 1", "").replaceAll("[ |]+$", ""));
        report.put("cpuVariant", chosen);
        report.put("cpuVariants", data);
        report.put("systemInfo", Tokapu.systemInfo());
    }
}
