package dev.tokapu.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** {@code serve --probe}: whether the server of these options answers on this machine, over HTTPS where it has a certificate. */
final class ServeProbe {

    private static final int MILLIS = 5000;

    private final ServeArgs serve;

    ServeProbe(ServeArgs serve) {
        this.serve = serve;
    }

    int run() {
        if (serve.port == 0) {
            throw new CliException(ExitCode.USAGE, "--probe needs the --port of the server; 0 is any free one");
        }
        URI live = null;
        try {
            live = live();
            HttpURLConnection connection = (HttpURLConnection) live.toURL().openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(MILLIS);
            connection.setReadTimeout(MILLIS);
            if (connection instanceof HttpsURLConnection https && serve.certificate != null) {
                https.setSSLSocketFactory(trusting(serve.certificate));
                https.setHostnameVerifier(
                        (name, session) -> true); // it is the server's own certificate, for other names
            }
            int status = connection.getResponseCode();
            connection.disconnect();
            if (status == HttpURLConnection.HTTP_OK) {
                return ExitCode.OK;
            }
            throw new CliException(ExitCode.SERVER, live + " answers with " + status);
        } catch (IOException | URISyntaxException | GeneralSecurityException e) {
            throw new CliException(
                    ExitCode.SERVER, (live == null ? "the server" : live) + " cannot be reached: " + e.getMessage());
        }
    }

    /** Where a server that listens everywhere is asked is this machine. */
    private URI live() throws IOException, URISyntaxException {
        String host = serve.hosts.get(0);
        InetAddress address = InetAddress.getByName(host);
        if (address.isAnyLocalAddress()) {
            host = address instanceof Inet6Address ? "::1" : "127.0.0.1";
        }
        return new URI(serve.certificate == null ? "http" : "https", null, host, serve.port, "/live", null, null);
    }

    private static SSLSocketFactory trusting(Path certificate) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry(Integer.toString(trusted.size()), one);
            }
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context.getSocketFactory();
    }
}
