package dev.tokapu;

import dev.tokapu.device.Device;
import dev.tokapu.device.DeviceType;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.source.ModelSource;
import java.nio.file.Path;

/** Makes contexts in a process whose memory is limited, and says what came of it. */
final class ContainerChild {

    private ContainerChild() {}

    public static void main(String[] arguments) {
        try (Model model = Model.load(Path.of(arguments[0]))) {
            try (Context context = model.newContext()) {
                System.out.println("default " + context.info().contextSize());
            }
            for (int i = 1; i < arguments.length; i++) {
                try (Context context = model.newContext(ContextOptions.builder()
                        .contextSize(Integer.parseInt(arguments[i]))
                        .build())) {
                    System.out.println("made " + context.info().contextSize());
                } catch (DeviceMemoryException e) {
                    System.out.println(e.getMessage());
                }
            }
            try (Engine engine = Engine.start(
                    model,
                    EngineOptions.builder()
                            .maxSequences(64)
                            .sequenceContextSize(100_000)
                            .build())) {
                System.out.println("started " + engine);
            } catch (DeviceMemoryException e) {
                System.out.println(e.getMessage());
            }
            Device cpu = Tokapu.devices().stream()
                    .filter(device -> device.type() == DeviceType.CPU)
                    .findFirst()
                    .orElseThrow();
            System.out.println("total " + cpu.memoryTotal() + " fits " + (cpu.memoryFree() <= cpu.memoryTotal()));
            Fit fit = Fit.of(
                    ModelSource.file(Path.of(arguments[0])),
                    ModelOptions.defaults(),
                    ContextOptions.builder().contextSize(4_000_000).build());
            System.out.println("fits " + fit.fits());
            Fit open = Fit.of(
                    ModelSource.file(Path.of(arguments[0])),
                    ModelOptions.defaults(),
                    ContextOptions.builder().contextSize(0).build());
            System.out.println("fits " + open.fits() + open.explanation().get(1));
        }
    }
}
