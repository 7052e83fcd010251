package dev.tokapu.cli;

import dev.tokapu.gguf.GgufException;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.gguf.GgufProblem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Tells what is wrong with GGUF files. */
@Command(
        name = "check",
        abbreviateSynopsis = true,
        description = {
            "Tells what is wrong with GGUF files: damage, gaps, a vocabulary that does not fit, shapes that do not fit.",
            "The exit status is 3 where llama.cpp would refuse a file. The numbers of the tensors are not read."
        })
final class GgufCheckCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "The files.")
    private List<Path> files = List.of();

    @Mixin
    private OutputArgs output = new OutputArgs();

    GgufCheckCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        List<Object> list = new ArrayList<>();
        boolean severe = false;
        for (Path file : files) {
            List<GgufProblem> problems = problems(file);
            severe |= problems.stream().anyMatch(GgufProblem::severe);
            if (output.json()) {
                list.add(asMap(file, problems));
            } else {
                console.println(file + (problems.isEmpty() ? ": no problems" : ""));
                problems.forEach(one ->
                        console.println((one.severe() ? "  error: " : "  warning: ") + Visible.of(one.message())));
            }
        }
        if (output.json()) {
            console.println(Json.of(Map.of("files", list)));
        }
        return severe ? ExitCode.MODEL : ExitCode.OK;
    }

    /** A file that cannot be read has that problem; the others are looked at all the same. */
    private static List<GgufProblem> problems(Path file) {
        try {
            return GgufFile.open(file).problems();
        } catch (GgufException e) {
            return List.of(new GgufProblem(true, String.valueOf(e.getMessage())));
        }
    }

    private static Map<String, Object> asMap(Path file, List<GgufProblem> problems) {
        List<Object> list = new ArrayList<>();
        for (GgufProblem problem : problems) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("severe", problem.severe());
            entry.put("message", problem.message());
            list.add(entry);
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("file", file.toString());
        map.put("problems", list);
        return map;
    }
}
