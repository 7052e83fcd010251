package dev.tokapu.server.disk;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Makes ids that nobody guesses, in the order of time: of two, the later made is the larger, also after a restart. So a list can go on behind an
 * id that is there no longer.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class TimedIds {

    private static final int MICROS = 1_000_000;
    private static final Pattern REST = Pattern.compile("[0-9a-f]{30}");

    private final String prefix;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final AtomicLong last = new AtomicLong();

    /**
     * Creates the source of ids.
     *
     * @param prefix what all of them begin with
     * @param clock tells the time
     */
    public TimedIds(String prefix, Clock clock) {
        this.prefix = prefix;
        this.clock = clock;
    }

    /** {@return a new id} */
    public String next() {
        Instant now = clock.instant();
        long micros = now.getEpochSecond() * MICROS + now.getNano() / 1000;
        long unique = last.updateAndGet(before -> Math.max(before + 1, micros));
        return String.format(Locale.ROOT, "%s%014x%016x", prefix, unique, random.nextLong());
    }

    /** Makes ids larger than this one from now on. */
    public void startAfter(String id) {
        if (isId(id)) {
            long time = Long.parseLong(id.substring(prefix.length(), prefix.length() + 14), 16);
            last.updateAndGet(before -> Math.max(before, time));
        }
    }

    /** {@return whether a text has the form of its ids} */
    public boolean isId(String text) {
        return text.startsWith(prefix)
                && REST.matcher(text.substring(prefix.length())).matches();
    }
}
