package dev.tokapu.hub;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the status of an answer means. */
final class Answers {

    private static final int MOST_MESSAGE = 200;

    private Answers() {}

    /** The failure that an answer is, which is not one of success. */
    static HubFailure failure(URI uri, ResponseInfo info, boolean withToken) {
        int status = info.statusCode();
        String code = info.headers().firstValue("X-Error-Code").orElse("");
        String said = info.headers()
                .firstValue("X-Error-Message")
                .map(text -> " ("
                        + text.substring(0, Math.min(MOST_MESSAGE, text.length()))
                                .replaceAll("\\p{Cntrl}", "?") + ")")
                .orElse("");
        String answered = Addresses.shown(uri) + " answered " + status + said;
        if (status == 429 || status == 408 || status >= 500) {
            return HubFailure.passing(answered, retryAfter(info.headers()));
        }
        return HubFailure.lasting(answered + "; " + advice(status, code, withToken));
    }

    private static String advice(int status, String code, boolean withToken) {
        boolean gated = code.equals("GatedRepo");
        return switch (status) {
            case 401 ->
                withToken
                        ? gated
                                ? "the account of the token has no access to this gated model: ask for it on the model's page"
                                : "it does not exist, is private, or the token is not valid: check the name and HF_TOKEN"
                        : gated
                                ? "the model is gated: ask for access on its page, and set HF_TOKEN"
                                : "it does not exist, or is private: check the name, or set HF_TOKEN";
            case 403 ->
                gated || withToken
                        ? "the account of the token has no access: ask for it on the model's page"
                        : "access is refused: ask for it on the model's page, and set HF_TOKEN";
            case 404, 410 ->
                code.equals("RevisionNotFound")
                        ? "there is no such revision; check what follows the @"
                        : "there is nothing by that name; check it";
            default -> "that was not expected; check the address";
        };
    }

    /** Seconds or a date; null where there is none. */
    static @Nullable Duration retryAfter(HttpHeaders headers) {
        Optional<String> value = headers.firstValue("Retry-After").map(String::strip);
        if (value.isEmpty()) {
            return null;
        }
        try {
            if (value.get().matches("\\d{1,9}")) {
                return Duration.ofSeconds(Long.parseLong(value.get()));
            }
            ZonedDateTime then = ZonedDateTime.parse(value.get(), DateTimeFormatter.RFC_1123_DATE_TIME);
            Duration left = Duration.between(ZonedDateTime.now(then.getZone()), then);
            return left.isNegative() ? Duration.ZERO : left;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
