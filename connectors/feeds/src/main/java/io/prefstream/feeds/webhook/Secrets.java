package io.prefstream.feeds.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Shared secrets; several at once, so that they can be changed without losing a delivery. */
public final class Secrets {

    private static final String HMAC = "HmacSHA256";

    private final List<byte[]> secrets;

    private Secrets(List<byte[]> secrets) {
        this.secrets = secrets;
    }

    /**
     * One secret a line.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Secrets parse(String text) {
        List<byte[]> secrets =
                text.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .map(line -> line.getBytes(StandardCharsets.UTF_8))
                        .toList();
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException("there is no secret in it");
        }
        return new Secrets(secrets);
    }

    /** Whether a token is one of the secrets; in a time that does not tell which. */
    boolean contains(String token) {
        byte[] given = token.getBytes(StandardCharsets.UTF_8);
        boolean any = false;
        for (byte[] secret : secrets) {
            any |= MessageDigest.isEqual(secret, given);
        }
        return any;
    }

    /** Whether {@code sha256=HEX} is the HMAC of a body by one of the secrets; in constant time. */
    boolean signed(byte[] body, String signature) {
        byte[] given;
        try {
            given =
                    HexFormat.of()
                            .parseHex(
                                    signature.startsWith("sha256=")
                                            ? signature.substring("sha256=".length())
                                            : "");
        } catch (IllegalArgumentException e) {
            return false;
        }
        boolean any = false;
        for (byte[] secret : secrets) {
            any |= MessageDigest.isEqual(hmac(secret, body), given);
        }
        return any;
    }

    static byte[] hmac(byte[] secret, byte[] body) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(secret, HMAC));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
