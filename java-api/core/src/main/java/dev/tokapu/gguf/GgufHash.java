package dev.tokapu.gguf;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Hashes of the numbers of a GGUF file, without its metadata: the same as llama.cpp's {@code llama-gguf-hash} prints. Two files with the
 * same hash hold the same weights, whatever their templates and names are.
 *
 * <p>Thread safety: immutable.
 *
 * @param kind the hash function
 * @param whole the hash of all tensors together, in the order of the file, in lower-case hexadecimal digits; of the kind UUID, the UUID
 * @param tensors the hash of each tensor by its name, in the order of the file, unmodifiable; empty for the kind UUID
 * @since 0.1
 */
public record GgufHash(HashKind kind, String whole, Map<String, String> tensors) {

    /** The namespace of llama.cpp's UUIDs. */
    private static final String NAMESPACE = "ef001206dadc5f6da15f3359e577d4e5";

    /** Takes bytes and gives their hash. */
    private interface Digest {

        void update(byte[] bytes, int from, int length);

        byte[] digest();
    }

    /** Copies the map. */
    public GgufHash {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /**
     * Hashes a file.
     *
     * @param file the file
     * @param kind the hash function
     * @return the hashes
     * @throws GgufException when it cannot be read or is damaged
     */
    public static GgufHash of(Path file, HashKind kind) {
        return of(file, kind, GgufProgress.none());
    }

    /**
     * Hashes a file.
     *
     * @param file the file
     * @param kind the hash function
     * @param progress is told how far it is
     * @return the hashes
     * @throws GgufException when it cannot be read or is damaged
     * @throws java.util.concurrent.CancellationException when the listener asked to stop
     */
    public static GgufHash of(Path file, HashKind kind, GgufProgress progress) {
        GgufFile gguf = GgufFile.open(file);
        long total = gguf.tensors().stream().mapToLong(TensorInfo::bytes).sum();
        Progress counter = new Progress(progress, "hashing " + file, total);
        Digest all = digest(kind);
        Map<String, String> tensors = new LinkedHashMap<>();
        try {
            for (TensorInfo tensor : gguf.tensors()) {
                TensorData data = TensorData.of(file, tensor.offset(), tensor.bytes());
                if (kind == HashKind.UUID) {
                    data.writeTo(new Hashing(counter, all));
                } else {
                    Digest one = digest(kind);
                    data.writeTo(new Hashing(counter, all, one));
                    tensors.put(tensor.name(), HexFormat.of().formatHex(one.digest()));
                }
            }
        } catch (IOException e) {
            throw new GgufException(file + " cannot be read: " + GgufBuilder.reason(e), e);
        }
        byte[] whole = all.digest();
        return new GgufHash(
                kind, kind == HashKind.UUID ? uuid(whole) : HexFormat.of().formatHex(whole), tensors);
    }

    private static Digest digest(HashKind kind) {
        return switch (kind) {
            case XXH64 ->
                new Digest() {
                    private final Xxh64 hash = new Xxh64();

                    @Override
                    public void update(byte[] bytes, int from, int length) {
                        hash.update(bytes, from, length);
                    }

                    @Override
                    public byte[] digest() {
                        return HexFormat.of().parseHex(HexFormat.of().toHexDigits(hash.value()));
                    }
                };
            case SHA1 -> message("SHA-1");
            case SHA256 -> message("SHA-256");
            case UUID -> {
                Digest digest = message("SHA-1");
                byte[] namespace = HexFormat.of().parseHex(NAMESPACE);
                digest.update(namespace, 0, namespace.length);
                yield digest;
            }
        };
    }

    private static Digest message(String algorithm) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has " + algorithm, e);
        }
        return new Digest() {
            @Override
            public void update(byte[] bytes, int from, int length) {
                digest.update(bytes, from, length);
            }

            @Override
            public byte[] digest() {
                return digest.digest();
            }
        };
    }

    private static String uuid(byte[] sha1) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < 8; i++) {
            high = (high << 8) | (sha1[i] & 0xff);
            low = (low << 8) | (sha1[8 + i] & 0xff);
        }
        high = (high & ~0xf000L) | 0x5000L;
        low = (low & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(high, low).toString().toLowerCase(Locale.ROOT);
    }

    /** Hashes what is written. */
    private static final class Hashing extends OutputStream {

        private final Progress progress;
        private final Digest[] digests;

        Hashing(Progress progress, Digest... digests) {
            this.progress = progress;
            this.digests = digests;
        }

        @Override
        public void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            for (Digest digest : digests) {
                digest.update(bytes, from, length);
            }
            progress.add(length);
        }
    }
}
