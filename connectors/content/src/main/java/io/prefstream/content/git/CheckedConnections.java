package io.prefstream.content.git;

import java.io.IOException;
import java.net.Proxy;
import java.net.URL;
import java.security.GeneralSecurityException;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory2;
import org.eclipse.jgit.transport.http.JDKHttpConnectionFactory;
import org.jspecify.annotations.Nullable;

/** JGit's connections, each checked before it is made: redirects make connections too. */
final class CheckedConnections implements HttpConnectionFactory2 {

    private final JDKHttpConnectionFactory connections = new JDKHttpConnectionFactory();
    private final GitAccess access;

    CheckedConnections(GitAccess access) {
        this.access = access;
    }

    @Override
    public HttpConnection create(URL url) throws IOException {
        require(url);
        return connections.create(url);
    }

    @Override
    public HttpConnection create(URL url, @Nullable Proxy proxy) throws IOException {
        require(url);
        return connections.create(url, proxy);
    }

    @Override
    public GitSession newSession() {
        GitSession session = connections.newSession();
        return new GitSession() {
            @Override
            public HttpConnection configure(HttpConnection connection, boolean sslVerify)
                    throws IOException, GeneralSecurityException {
                return session.configure(connection, sslVerify);
            }

            @Override
            public void close() {
                session.close();
            }
        };
    }

    private void require(URL url) throws IOException {
        access.require(url.getProtocol() + "://" + url.getHost() + url.getPath(), url.getHost());
    }
}
