package dev.tokapu.server;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A certificate and the private key that belongs to it.
 *
 * <p>Thread safety: immutable.
 *
 * @param options both, as Vert.x has them
 */
record KeyPair(PemKeyCertOptions options) {

    /** Reads PEM files; what they say is checked, since Vert.x would say it to clients only. */
    static KeyPair read(Path certificate, Path key) throws IOException {
        byte[] certificateBytes = Files.readAllBytes(certificate);
        byte[] keyBytes = Files.readAllBytes(key);
        PublicKey publicKey = publicKey(certificate, certificateBytes);
        PemKeyCertOptions options = new PemKeyCertOptions()
                .addCertValue(Buffer.buffer(certificateBytes))
                .addKeyValue(Buffer.buffer(keyBytes));
        PrivateKey privateKey = privateKey(certificate, key, options, publicKey.getAlgorithm());
        if (privateKey == null || !match(publicKey, privateKey)) {
            throw new IOException("the private key in " + key + " is not that of the certificate in " + certificate);
        }
        return new KeyPair(options);
    }

    private static PublicKey publicKey(Path file, byte[] bytes) throws IOException {
        try {
            Collection<? extends Certificate> chain =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes));
            if (!chain.isEmpty()) {
                return chain.iterator().next().getPublicKey();
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " has no certificate that can be read: " + e.getMessage(), e);
        }
        throw new IOException(file + " has no certificate; give a PEM file");
    }

    @SuppressWarnings({"NullAway", "IllegalCatch"}) // Vert.x is asked to read no file; what it throws is any Exception
    private static @Nullable PrivateKey privateKey(
            Path certificate, Path key, PemKeyCertOptions options, String algorithm) throws IOException {
        try {
            for (KeyManager manager : options.getKeyManagerFactory(null).getKeyManagers()) {
                if (manager instanceof X509KeyManager keys) {
                    String[] names = keys.getServerAliases(algorithm, null);
                    return names == null ? null : keys.getPrivateKey(names[0]);
                }
            }
            return null;
        } catch (Exception e) {
            throw new IOException(
                    "the private key in " + key + " cannot be used with " + certificate
                            + "; give a PEM file with one that no password protects (" + e.getMessage() + ")",
                    e);
        }
    }

    private static boolean match(PublicKey publicKey, PrivateKey privateKey) throws IOException {
        String algorithm = switch (publicKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> publicKey.getAlgorithm(); // such as EdDSA, which is both
        };
        try {
            byte[] text = {1, 2, 3};
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            throw new IOException("keys of the kind " + algorithm + " cannot be used: " + e.getMessage(), e);
        }
    }
}
