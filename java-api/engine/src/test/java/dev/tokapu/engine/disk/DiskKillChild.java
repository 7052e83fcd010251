package dev.tokapu.engine.disk;

import dev.tokapu.engine.prefix.PrefixScope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/** A program that stores states as fast as it can until it is killed. Arguments: the directory, a seed. */
final class DiskKillChild {

    private static final int TENANTS = 4;
    private static final int LARGE = 100_000; // characters

    private DiskKillChild() {}

    /** Most of the time half of a state is written. */
    private static final class Slow extends DiskFixture.Texts {

        @Override
        public void write(String state, OutputStream out) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            super.write(state, bytes);
            int half = bytes.size() / 2;
            out.write(bytes.toByteArray(), 0, half);
            LockSupport.parkNanos(5_000_000);
            out.write(bytes.toByteArray(), half, bytes.size() - half);
        }
    }

    public static void main(String[] arguments) throws IOException {
        SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[1]));
        DiskTier<String> tier = DiskFixture.open(Path.of(arguments[0]), 20_000_000, new Slow());
        while (true) {
            PrefixScope scope = DiskFixture.scope("tenant " + random.nextInt(TENANTS));
            int[] tokens = random.ints(1 + random.nextInt(200), 0, 3).toArray();
            DiskFixture.store(tier, scope, state(scope.tenant(), tokens), tokens);
            if (random.nextInt(20) == 0) {
                tier.removeIf(scope::equals);
            }
        }
    }

    /** The state of tokens of a tenant, of a size that depends on them. */
    static String state(Object tenant, int[] tokens) {
        StringBuilder text = new StringBuilder();
        text.append(tenant);
        for (int token : tokens) {
            text.append(' ').append(token);
        }
        int hash = text.toString().hashCode();
        return text.append(" .".repeat((hash & Integer.MAX_VALUE) % LARGE)).toString();
    }
}
