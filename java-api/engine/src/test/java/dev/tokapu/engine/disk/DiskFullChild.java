package dev.tokapu.engine.disk;

import java.io.IOException;
import java.nio.file.Path;

/** A program that stores a state that is too large for its files between two small ones. Argument: the directory. */
final class DiskFullChild {

    private static final int LARGE = 2_000_000;

    private DiskFullChild() {}

    public static void main(String[] arguments) throws IOException {
        try (DiskTier<String> tier = DiskFixture.open(Path.of(arguments[0]))) {
            DiskFixture.store(tier, DiskFixture.ALICE, "small", 1);
            DiskFixture.store(tier, DiskFixture.ALICE, "l".repeat(LARGE), 2);
            DiskFixture.store(tier, DiskFixture.ALICE, "small", 3);
            for (DiskEntry entry : tier.entries()) {
                DiskFixture.load(tier, entry);
            }
            System.out.println(tier.counts());
        }
    }
}
