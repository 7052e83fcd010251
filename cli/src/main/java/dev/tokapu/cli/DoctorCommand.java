package dev.tokapu.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Explains what Tokapu found on this machine. */
@Command(
        name = "doctor",
        abbreviateSynopsis = true,
        description = {
            "Shows what was found and chosen on this machine.",
            "Versions, binding, libraries, CPU variants; why, what is missing, and what to do."
        })
final class DoctorCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    private RuntimeArgs runtime = new RuntimeArgs();

    @Mixin
    private OutputArgs output = new OutputArgs();

    DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        runtime.apply();
        DoctorReport report = new DoctorReport();
        MachineProbe.run(report);
        NativeProbe.run(report);
        MachineProbe.defaultModel(report);
        console.print(output.json() ? report.json() + '\n' : report.toString());
        return report.exitCode();
    }
}
