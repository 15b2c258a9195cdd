package io.prefstream.content.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** For clients of their own, such as git's: whether a host may be connected to. */
public final class HttpConnections {

    private HttpConnections() {}

    /**
     * Why a host must not be connected to; null if it is on the public internet, or unknown. Java
     * keeps what it looked up for some seconds, so that the connection goes to what was checked.
     */
    public static @Nullable String refusal(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!PublicAddresses.contains(address)) {
                    return "%s leads to %s, which is not on the public internet"
                            .formatted(host, address.getHostAddress());
                }
            }
            return null;
        } catch (UnknownHostException e) {
            return null; // the connection will say so
        }
    }
}
