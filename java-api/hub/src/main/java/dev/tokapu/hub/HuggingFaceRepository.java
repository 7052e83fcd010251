package dev.tokapu.hub;

import dev.tokapu.source.DownloadProgress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hugging Face, or a mirror with its API. */
final class HuggingFaceRepository implements Repository<HubName.HuggingFace> {

    private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"next\"");
    private static final int MOST_PAGES = 100;
    private static final String JSON = "application/json";

    private final HubHttp http;
    private final HubOptions options;
    private final HuggingFaceCache cache;

    HuggingFaceRepository(HubHttp http, HubOptions options) {
        this.http = http;
        this.options = options;
        this.cache = new HuggingFaceCache(options.cache());
    }

    /** A file as the hub lists it. */
    private record Listed(long size, Checksum checksum) {}

    @Override
    public Optional<Path> find(HubName.HuggingFace name) throws IOException {
        Optional<String> commit = cache.commit(name.repo(), name.revision());
        if (commit.isEmpty()) {
            return Optional.empty();
        }
        List<String> chosen =
                Selection.choose(cache.files(name.repo(), commit.get()), name.quantization(), name.file());
        boolean whole = !chosen.isEmpty() && chosen.size() == Selection.count(chosen.get(0));
        return whole ? Optional.of(cache.file(name.repo(), commit.get(), chosen.get(0))) : Optional.empty();
    }

    @Override
    public Path download(HubName.HuggingFace name, DownloadProgress progress) throws IOException, InterruptedException {
        Meter asking = new Meter(progress, new RemoteFile(options.endpoint(), name.toString(), -1, null, null));
        HubApi api = new HubApi(http, options, asking::waits);
        String commit = commit(api, name);
        Map<String, Listed> files = files(api, name, commit);
        List<String> chosen = Selection.choose(files.keySet(), name.quantization(), name.file());
        if (chosen.isEmpty()) {
            throw HubFailure.lasting((name.file() != null
                            ? "the repository has no file " + name.file()
                            : name.quantization() != null
                                    ? "the repository has no quantization " + name.quantization()
                                    : "the repository has no model in the GGUF format")
                    + "; " + Selection.others(files.keySet()));
        }
        int count = Selection.count(chosen.get(0));
        if (chosen.size() != count) {
            throw HubFailure.lasting("the repository has " + chosen.size() + " of the " + count + " parts of "
                    + chosen.get(0) + "; choose another file");
        }
        for (String path : chosen) {
            download(name.repo(), commit, path, Objects.requireNonNull(files.get(path)), progress);
        }
        cache.setCommit(name.repo(), name.revision(), commit);
        return cache.file(name.repo(), commit, chosen.get(0));
    }

    private void download(String repo, String commit, String path, Listed listed, DownloadProgress progress)
            throws IOException, InterruptedException {
        String checksum = listed.checksum().hex();
        Path file = cache.file(repo, commit, path);
        Path blob = cache.blob(repo, checksum);
        FileDownload.Present present = () -> isWhole(file, listed.size()) || isWhole(blob, listed.size());
        if (!present.test()) {
            URI uri = Addresses.below(options.endpoint(), repo + "/resolve/" + commit + '/' + path, "");
            String name = path.substring(path.lastIndexOf('/') + 1);
            RemoteFile remote = new RemoteFile(uri, name, listed.size(), listed.checksum(), options.token());
            new FileDownload(http, options, remote, blob, cache.lock(repo, checksum), new Meter(progress, remote))
                    .run(present);
        }
        cache.link(repo, commit, path, checksum);
    }

    private static boolean isWhole(Path file, long size) throws IOException {
        return Files.isRegularFile(file) && Files.size(file) == size;
    }

    private String commit(HubApi api, HubName.HuggingFace name) throws IOException, InterruptedException {
        URI uri = Addresses.below(options.endpoint(), "api/models/" + name.repo() + "/revision/" + name.revision(), "");
        HubApi.Answer answer = api.get(uri, JSON, options.token());
        if (answer.object().get("sha") instanceof String sha && HuggingFaceCache.isCommit(sha)) {
            return sha;
        }
        throw answer.unexpected("no commit");
    }

    private Map<String, Listed> files(HubApi api, HubName.HuggingFace name, String commit)
            throws IOException, InterruptedException {
        Map<String, Listed> files = new LinkedHashMap<>();
        URI next =
                Addresses.below(options.endpoint(), "api/models/" + name.repo() + "/tree/" + commit, "?recursive=true");
        for (int pages = 0; next != null; pages++) {
            if (pages == MOST_PAGES || !Addresses.isSameOrigin(next, options.endpoint())) {
                throw HubFailure.lasting(Addresses.shown(next) + " is not asked for more files of " + name
                        + "; name another mirror (HF_ENDPOINT)");
            }
            HubApi.Answer answer = api.get(next, JSON, options.token());
            for (Object entry : answer.list()) {
                add(files, entry, answer);
            }
            Matcher link = NEXT.matcher(answer.headers().firstValue("Link").orElse(""));
            next = link.find() ? answer.uri().resolve(link.group(1)) : null;
        }
        return files;
    }

    private static void add(Map<String, Listed> files, Object entry, HubApi.Answer answer) throws HubFailure {
        if (!(entry instanceof Map<?, ?> file) || !(file.get("path") instanceof String path)) {
            throw answer.unexpected("a file without a path");
        }
        if (!"file".equals(file.get("type")) || !path.endsWith(".gguf")) {
            return;
        }
        SafePath.check(path, Addresses.shown(answer.uri()));
        Map<?, ?> stored = file.get("lfs") instanceof Map<?, ?> lfs ? lfs : file;
        if (!(stored.get("oid") instanceof String oid)
                || !Checksum.isOne(oid)
                || !(stored.get("size") instanceof Number size)
                || size.longValue() < 0) {
            throw answer.unexpected("a file without size or checksum, " + path);
        }
        files.put(path, new Listed(size.longValue(), new Checksum(oid)));
    }

    @Override
    public List<CachedModel> list() throws IOException {
        List<CachedModel> models = new ArrayList<>();
        for (String repo : cache.repos()) {
            Set<String> listed = new LinkedHashSet<>();
            for (String revision : cache.revisions(repo)) {
                String commit = cache.commit(repo, revision).orElse("");
                List<String> files = cache.files(repo, commit);
                for (String path : files) {
                    HubName.HuggingFace name = name(repo, revision, path, files);
                    List<String> parts = Selection.choose(files, null, path);
                    boolean whole = parts.size() == Selection.count(path);
                    if (Selection.isFirst(path) && whole && listed.add(name.toString())) {
                        long bytes = 0;
                        for (String part : parts) {
                            bytes += Files.size(cache.file(repo, commit, part));
                        }
                        models.add(new CachedModel(name.toString(), cache.file(repo, commit, path), bytes));
                    }
                }
            }
        }
        return models;
    }

    /** By the quantization where that means this file, else by its path. */
    private static HubName.HuggingFace name(String repo, String revision, String path, List<String> files) {
        String tag = Selection.quantization(path);
        List<String> meant = tag.isEmpty() ? List.of() : Selection.choose(files, tag, null);
        return meant.contains(path)
                ? new HubName.HuggingFace(repo, revision, tag, null)
                : new HubName.HuggingFace(repo, revision, null, path);
    }

    @Override
    public long remove(HubName.HuggingFace name) throws IOException {
        Set<String> paths = new LinkedHashSet<>();
        List<String> revisions = cache.revisions(name.repo());
        for (String revision :
                name.revision().equals(HubName.HuggingFace.MAIN) ? revisions : List.of(name.revision())) {
            List<String> files =
                    cache.files(name.repo(), cache.commit(name.repo(), revision).orElse(""));
            paths.addAll(
                    name.quantization() == null && name.file() == null
                            ? files
                            : Selection.choose(files, name.quantization(), name.file()));
        }
        return paths.isEmpty() ? -1 : cache.remove(name.repo(), paths);
    }
}
