package dev.tokapu.hub;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an answer to a request for a range is: that range, the whole file, another file, or a failure. */
final class RangeAnswers {

    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    private final RemoteFile file;
    private final PartFile part;
    private final SizeCheck sizes;
    private volatile boolean rangesWork;
    private volatile boolean changed;

    /** Refuses what is too large. */
    interface SizeCheck {
        void check(long size) throws HubFailure;
    }

    RangeAnswers(RemoteFile file, PartFile part, SizeCheck sizes) {
        this.file = file;
        this.part = part;
        this.sizes = sizes;
    }

    /** Whether the server has answered one with a range. */
    boolean rangesWork() {
        return rangesWork;
    }

    void rangesUnknown() {
        rangesWork = false;
    }

    /** Whether the server has another file now than the one that was begun. */
    boolean changed() {
        return changed;
    }

    /** The range that the body of an answer fills. */
    synchronized FileRange range(FileRange asked, URI uri, ResponseInfo info) throws IOException {
        HttpHeaders headers = info.headers();
        int status = info.statusCode();
        String encoding = headers.firstValue("Content-Encoding").orElse("identity");
        if (status < 300 && !encoding.equalsIgnoreCase("identity")) {
            throw HubFailure.lasting(
                    Addresses.shown(uri) + " answers with the encoding '" + encoding + "', which was not asked for");
        }
        if (status == 206) {
            return partial(asked, uri, headers);
        }
        if (status == 200) {
            return whole(uri, headers);
        }
        if (status == 416) {
            throw part.bytes() > 0 ? anotherFile(uri) : HubFailure.lasting(Addresses.shown(uri) + " has an empty file");
        }
        boolean elsewhere = !Addresses.isSameOrigin(uri, file.uri());
        HubFailure failure = Answers.failure(uri, info, file.token() != null && !elsewhere);
        // The address of a storage is signed for a while only: the hub makes another one.
        throw elsewhere && status == 403
                ? HubFailure.passing(Addresses.shown(uri) + " answered 403", failure)
                : failure;
    }

    private FileRange partial(FileRange asked, URI uri, HttpHeaders headers) throws IOException {
        String text = headers.firstValue("Content-Range").orElse("");
        Matcher range = CONTENT_RANGE.matcher(text);
        if (!range.matches() || Long.parseLong(range.group(1)) != asked.position()) {
            throw HubFailure.lasting(Addresses.shown(uri) + " answers a request for bytes from " + asked.position()
                    + " on with '" + text + "'");
        }
        long total = range.group(3).equals("*") ? part.size() : Long.parseLong(range.group(3));
        String etag = headers.firstValue("ETag").orElse(null);
        String known = part.etag();
        boolean grown = part.size() >= 0 && total != part.size();
        if (part.bytes() > 0 && (grown || (file.checksum() == null && known != null && !known.equals(etag)))) {
            throw anotherFile(uri);
        }
        promised(uri, total);
        if (total < 0) {
            throw HubFailure.lasting(Addresses.shown(uri) + " answers a range and does not say of how many bytes");
        }
        part.sizeIs(total);
        if (known == null) {
            part.etagIs(etag);
        }
        rangesWork = true;
        return asked;
    }

    /** The server does not know ranges, or the file has changed: all of it comes. */
    private FileRange whole(URI uri, HttpHeaders headers) throws IOException {
        if (rangesWork) {
            throw anotherFile(uri);
        }
        long length = headers.firstValueAsLong("Content-Length").orElse(-1);
        promised(uri, length);
        FileRange whole = part.resetWhole(length >= 0 ? length : file.size());
        part.etagIs(headers.firstValue("ETag").orElse(null));
        return whole;
    }

    private void promised(URI uri, long size) throws HubFailure {
        if (size >= 0 && file.size() >= 0 && size != file.size()) {
            throw HubFailure.lasting(
                    Addresses.shown(uri) + " has " + size + " bytes, and the hub promised " + file.size());
        }
        sizes.check(size);
    }

    private HubFailure anotherFile(URI uri) {
        changed = true;
        return HubFailure.lasting(Addresses.shown(uri) + " changed while it was being downloaded");
    }
}
