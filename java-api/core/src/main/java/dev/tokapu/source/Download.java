package dev.tokapu.source;

/**
 * How far the download of a file is. A split model is several files, one after the other.
 *
 * <p>Thread safety: immutable.
 *
 * @param file the name of the file
 * @param sha256 its checksum in hexadecimal digits; empty where the hub tells none
 * @param bytes how much of it is there, in bytes; with {@code verifying}, how much has been checked
 * @param total its size in bytes; -1 where that is not known
 * @param bytesPerSecond how fast it comes, 0 before that is known
 * @param verifying whether all of it is there, and its checksum is being computed
 * @since 0.1
 */
public record Download(String file, String sha256, long bytes, long total, double bytesPerSecond, boolean verifying) {}
