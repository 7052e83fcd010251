package dev.tokapu.hub;

import dev.tokapu.internal.util.ByteSizes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings one file of a hub to its place: whole, checked, and at once. */
final class FileDownload {

    private static final Logger LOG = LoggerFactory.getLogger(Hub.class);
    private static final int TRIES = 3;
    private static final byte[] MAGIC = "GGUF".getBytes(StandardCharsets.US_ASCII);

    private final HubHttp http;
    private final HubOptions options;
    private final RemoteFile file;
    private final Path target;
    private final Path lock;
    private final Meter meter;

    /**
     * Creates one.
     *
     * @param target where the file is to be; nothing is there under this name before it is complete
     * @param lock what others that download it lock
     */
    FileDownload(HubHttp http, HubOptions options, RemoteFile file, Path target, Path lock, Meter meter) {
        this.http = http;
        this.options = options;
        this.file = file;
        this.target = target;
        this.lock = lock;
        this.meter = meter;
    }

    /** What must differ from what is there for a download. */
    interface Present {

        boolean test() throws IOException;
    }

    /** Downloads it, unless somebody else has meanwhile. */
    void run(Present present) throws IOException, InterruptedException {
        checkSize(file.size());
        try (DownloadLock held = DownloadLock.acquire(lock, meter::waits)) {
            if (present.test()) {
                LOG.debug("{} is there, with {}", target, held);
                return;
            }
            try {
                download();
            } finally {
                Path part = PartFile.path(target);
                if (Files.exists(part) && (Files.size(part) == 0 || Files.size(part) > options.maxSize())) {
                    PartFile.discard(target); // nothing came, or more than is allowed
                }
            }
        }
    }

    private void download() throws IOException, InterruptedException {
        for (int tries = 1; ; tries++) {
            String wrong = attempt(tries);
            if (wrong.isEmpty()) {
                return;
            }
            PartFile.discard(target);
            if (tries == TRIES || (tries > 1 && file.checksum() != null)) {
                throw HubFailure.lasting(wrong + "; nothing is kept of it");
            }
            LOG.warn("{}: downloading it from the beginning", wrong);
        }
    }

    /** What is wrong with what has come; empty for nothing. */
    private String attempt(int tries) throws IOException, InterruptedException {
        boolean resumed;
        try (PartFile part = PartFile.open(target, file.size(), file.checksum() != null, options.partSize())) {
            resumed = part.bytes() > 0;
            checkSpace(part);
            LOG.debug("{} try {} of {}, from byte {}", file.name(), tries, TRIES, part.bytes());
            if (!new RangeTransfer(http, options, file, part, meter, this::checkSize).run()) {
                return Addresses.shown(file.uri()) + " changed while it was being downloaded";
            }
            part.channel().force(true);
        }
        Path whole = PartFile.path(target);
        long size = Files.size(whole);
        if (file.size() >= 0 && size != file.size()) {
            return Addresses.shown(file.uri()) + " has " + size + " bytes, and the hub promised " + file.size();
        }
        Checksum promised = file.checksum();
        if (promised != null) {
            String is = promised.of(whole, done -> meter.verified(done, size));
            if (!is.equals(promised.hex())) {
                return "the checksum of " + Addresses.shown(file.uri()) + " is " + is + ", and the hub promised "
                        + promised.hex() + (resumed ? " (it had been resumed)" : "");
            }
        }
        if (!isGguf(whole)) {
            PartFile.discard(target);
            throw HubFailure.lasting(Addresses.shown(file.uri()) + " is no GGUF file: it does not begin with GGUF");
        }
        Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        PartFile.discard(target);
        return "";
    }

    private static boolean isGguf(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
        }
    }

    private void checkSize(long size) throws HubFailure {
        if (size > options.maxSize()) {
            throw HubFailure.lasting(file.name() + " has " + ByteSizes.text(size) + ", more than the "
                    + ByteSizes.text(options.maxSize()) + " that -D" + HubEnvironment.MAX_SIZE + " allows");
        }
    }

    private void checkSpace(PartFile part) throws IOException {
        long wanted = part.size() - part.bytes();
        long free = Files.getFileStore(part.path()).getUsableSpace();
        if (part.size() >= 0 && wanted > free) {
            throw new LocalFailure(
                    file.name() + " needs " + ByteSizes.text(wanted) + " more in "
                            + target.toAbsolutePath().getParent()
                            + ", where " + ByteSizes.text(free) + " are free; free space, or set another cache"
                            + " (HF_HUB_CACHE)",
                    new IOException("no space left"));
        }
    }
}
