package dev.tokapu.hub;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file that a hub has.
 *
 * @param uri where it is
 * @param name what it is called, for messages and progress
 * @param size its bytes, -1 where the hub tells none
 * @param checksum what its content is to be; null where the hub tells none
 * @param token what its host is sent; null for none
 */
record RemoteFile(
        URI uri,
        String name,
        long size,
        @Nullable Checksum checksum,
        @Nullable String token) {

    Map<String, String> headers() {
        return Map.of("Accept-Encoding", "identity"); // ranges are of the file, not of something packed
    }

    String sha256() {
        return checksum != null && checksum.isSha256() ? checksum.hex() : "";
    }
}
