package dev.tokapu.fuzz;

import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** A target with a death, a fault and a hang, to try the watcher on. */
final class FaultyTarget implements Target {

    @Override
    public String run(long number, Random random) {
        switch ((int) number) {
            case 2 -> Runtime.getRuntime().halt(134);
            case 5 -> throw new AssertionError(Target.word(new StackOverflowError()));
            case 8 -> {
                while (true) {
                    LockSupport.park();
                }
            }
            default -> {}
        }
        return "ok";
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
