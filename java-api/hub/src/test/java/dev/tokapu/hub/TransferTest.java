package dev.tokapu.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.source.Download;
import dev.tokapu.testsupport.ScriptedStorage;
import dev.tokapu.testsupport.ScriptedStorage.Fault;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes wrong between the storage and the cache. */
class TransferTest extends HubFixture {

    private static final byte[] MODEL = model(1_000_000, 1);
    private static final String DIGEST = ScriptedStorage.sha256(MODEL);

    @BeforeEach
    void repo() {
        server.repo(REPO, Map.of("Repo-Q4_K_M.gguf", MODEL));
    }

    private void assertDownloads(Hub hub) {
        assertThat(content(hub.download(NAME, download -> true))).isEqualTo(MODEL);
        assertThat(cached()).hasSize(3); // blob, ref, link
    }

    @Test
    void ranges_large_comeInParts() {
        assertDownloads(hub());
        assertThat(ranges())
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 10)
                        .mapToObj(part -> (long) part * PART)
                        .toList());
    }

    @Test
    void ranges_several_comeAtTheSameTime() {
        // Each waits for the others: one connection after the other would never end.
        server.storage().fail(Fault.cutAfter(-1), Fault.stopAfter(0), Fault.stopAfter(0), Fault.stopAfter(0));
        AtomicBoolean several = new AtomicBoolean();
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> hub().download(NAME, download -> {
                    several.set(server.storage().requests().size() >= 5);
                    return !several.get();
                }));
        assertThat(several).isTrue();
    }

    @Test
    void cut_connection_goesOnWhereItWas() {
        server.storage().fail(Fault.cutAfter(60_000));
        assertDownloads(Hub.open(options().connections(1).build()));
        assertThat(ranges().get(1)).isBetween(1L, 60_000L);
    }

    @Test
    void cut_severalConnections_allGoOn() {
        server.storage()
                .fail(
                        Fault.cutAfter(-1),
                        Fault.cutAfter(50_000),
                        Fault.cutAfter(0),
                        Fault.cutAfter(99_999),
                        Fault.cutAfter(1));
        assertDownloads(hub());
    }

    @Test
    void cut_everyTime_endsAndIsKept() {
        for (int i = 0; i < 10; i++) {
            server.storage().fail(Fault.cutAfter(0));
        }
        Hub hub = Hub.open(options().retries(3).build());
        assertFailsAndFindsNothing(hub, NAME, "tried 4 times", "try again later");
        // Java's client itself repeats a request that nothing came back for.
        assertThat(server.storage().requests()).hasSizeBetween(4, 8);
    }

    @Test
    void ranges_unknownToTheServer_allComesAtOnce() {
        server.storage().withoutRanges();
        assertDownloads(hub());
        assertThat(server.storage().requests()).hasSize(1);
    }

    @Test
    void ranges_unknownAndCut_beginsAnew() {
        server.storage().withoutRanges().fail(Fault.cutAfter(500_000));
        assertDownloads(hub());
        assertThat(server.storage().requests()).hasSize(2);
    }

    @Test
    void lengths_unknown_endWithTheConnection() {
        server.storage().withoutRanges().withoutLengths();
        assertDownloads(hub());
        URI uri = server.storage().put("web.gguf", MODEL);
        assertThat(content(hub().download(uri.toString(), download -> true))).isEqualTo(MODEL);
    }

    @Test
    void stalled_connection_isReplaced() {
        server.storage().fail(Fault.stopAfter(50_000));
        assertDownloads(Hub.open(options().timeout(Duration.ofMillis(700)).build()));
        assertThat(server.storage().requests().size()).isGreaterThan(10);
    }

    @Test
    void status_busy_isAskedAgain() {
        String date = ZonedDateTime.now(ZoneOffset.UTC).minusSeconds(5).format(DateTimeFormatter.RFC_1123_DATE_TIME);
        server.storage()
                .fail(Fault.status(429, "0"), Fault.status(503, ""), Fault.status(500, date), Fault.status(429, "1"));
        long start = System.nanoTime();
        assertDownloads(hub());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void status_busyForLong_saysUntilWhen() {
        server.storage().fail(Fault.status(429, "3600"));
        assertFailsAndFindsNothing(hub(), NAME, "answered 429", "3600 seconds");
        assertThat(server.storage().requests()).hasSize(1);
    }

    @Test
    void status_expiredAddress_isReplacedByTheHub() {
        server.storage().fail(Fault.status(403, ""));
        assertDownloads(hub());
    }

    @Test
    void status_missing_isFinal() {
        server.storage().fail(Fault.status(404, ""));
        assertFailsAndFindsNothing(hub(), NAME, "answered 404");
        assertThat(server.storage().requests()).hasSize(1);
    }

    @Test
    void changed_file_isDownloadedFromTheBeginning() {
        byte[] other = model(1_000_000, 3);
        URI uri = server.storage().put("web.gguf", MODEL);
        server.storage()
                .fail(Fault.cutAfter(-1), Fault.cutAfter(10))
                .afterFaults(() -> server.storage().put("web.gguf", other));
        Path file = Hub.open(options().connections(1).build()).download(uri.toString(), download -> true);
        assertThat(content(file)).isEqualTo(other);
        assertThat(server.storage().requests())
                .anySatisfy(request ->
                        assertThat(request.header("If-Range")).isEqualTo('"' + DIGEST.substring(0, 16) + '"'));
    }

    @Test
    void changed_withoutTags_isNotResumed() {
        URI uri = server.storage().withoutEtags().put("web.gguf", MODEL);
        server.storage().fail(Fault.cutAfter(50_000));
        assertThat(content(hub().download(uri.toString(), download -> true))).isEqualTo(MODEL);
        assertThat(ranges()).startsWith(0L, 0L);
    }

    @Test
    void cancelled_download_goesOnTheNextTime() {
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> Hub.open(options().connections(1).build())
                        .download(NAME, download -> download.bytes() < 300_000));
        assertThat(hub().find(NAME)).isEmpty();
        assertThat(cached()).allMatch(name -> name.contains(DIGEST + ".tokapu-part"));
        int before = server.storage().requests().size();
        assertDownloads(hub());
        assertThat(ranges().subList(before, ranges().size())).allMatch(from -> from >= 200_000);
    }

    @Test
    void cancelled_interruptedThread_endsSoon() throws InterruptedException {
        server.storage().fail(Fault.stopAfter(10));
        AtomicReference<Throwable> ended = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                hub().download(NAME, download -> true);
            } catch (CancellationException e) {
                ended.set(e);
            }
        });
        thread.start();
        while (server.storage().requests().isEmpty()) {
            Thread.sleep(5);
        }
        thread.interrupt();
        thread.join();
        assertThat(ended.get()).hasMessageContaining("interrupted");
    }

    @Test
    void state_damaged_isAsNone() throws IOException {
        assertThatExceptionOfType(CancellationException.class)
                .isThrownBy(() -> hub().download(NAME, download -> download.bytes() < 300_000));
        Path state = folder.resolve(cached().stream()
                .filter(name -> name.endsWith("-state"))
                .findFirst()
                .orElseThrow());
        for (String text : List.of(
                "",
                "1\n1000000\n-\n0 1000000 2000000\n",
                "1\n1000000\n-\n5 1000000 5\n",
                "1\n1000000\n-\nx\n",
                "9\n")) {
            Files.writeString(state, text);
            assertThat(content(hub().download(NAME, download -> true))).isEqualTo(MODEL);
            hub().remove(NAME);
            Files.createDirectories(state.getParent());
        }
    }

    @Test
    void progress_bytes_growToTheTotal() {
        server.storage().slow(5);
        List<Download> told = new ArrayList<>();
        hub().download(NAME, told::add);
        List<Download> file =
                told.stream().filter(one -> one.total() > 0 && !one.verifying()).toList();
        assertThat(file).extracting(Download::bytes).isSorted();
        assertThat(file.get(file.size() - 1))
                .satisfies(last -> assertThat(last.bytes()).isEqualTo(1_000_000))
                .satisfies(last -> assertThat(last.sha256()).isEqualTo(DIGEST))
                .satisfies(last -> assertThat(last.file()).isEqualTo("Repo-Q4_K_M.gguf"))
                .satisfies(last -> assertThat(last.bytesPerSecond()).isPositive());
    }

    @Test
    void lock_severalAtOnce_oneDownloads() {
        server.storage().slow(1);
        List<CompletableFuture<Path>> all = IntStream.range(0, 4)
                .mapToObj(one -> CompletableFuture.supplyAsync(() -> hub().download(NAME, download -> true)))
                .toList();
        all.forEach(one -> assertThat(content(one.join())).isEqualTo(MODEL));
        assertThat(server.storage().requests()).hasSize(10);
    }
}
