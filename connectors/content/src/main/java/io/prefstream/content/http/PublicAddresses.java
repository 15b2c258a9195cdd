package io.prefstream.content.http;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * Which addresses are on the public internet (IANA's special-purpose registries, RFC 6890 and its
 * successors). An IPv6 address that carries an IPv4 one (mapped, compatible, NAT64, 6to4, Teredo)
 * is not, since a gateway would lead it anywhere.
 */
final class PublicAddresses {

    private PublicAddresses() {}

    static boolean contains(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        if (address instanceof Inet4Address) {
            int third = bytes[2] & 0xff;
            return first != 0
                    && first < 240 // reserved, broadcast
                    && !(first == 100 && (second & 0xc0) == 64) // carrier-grade NAT
                    && !(first == 192 && second == 0 && (third == 0 || third == 2))
                    && !(first == 198 && (second & 0xfe) == 18) // benchmarking
                    && !(first == 198 && second == 51 && third == 100)
                    && !(first == 203 && second == 0 && third == 113);
        }
        // Of IPv6 only 2000::/3 is in use, less Teredo, documentation and 6to4.
        boolean global = (first & 0xe0) == 0x20;
        boolean special =
                first == 0x20
                        && (second == 0x02
                                || (second == 0x01
                                        && ((bytes[2] == 0 && bytes[3] == 0)
                                                || (bytes[2] == 0x0d && bytes[3] == (byte) 0xb8))));
        return global && !special;
    }
}
