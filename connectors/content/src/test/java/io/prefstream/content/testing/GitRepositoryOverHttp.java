package io.prefstream.content.testing;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.eclipse.jgit.transport.UploadPack;

/**
 * A repository behind git's smart HTTP protocol on a free loopback port: JGit's own {@link
 * UploadPack} behind the two requests of gitprotocol-http(5). It can be told to fail.
 */
public final class GitRepositoryOverHttp implements AutoCloseable {

    private static final String PATH = "/team/repository.git";
    private static final int OK = 200;

    private final Path gitFolder;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Semaphore refused = new Semaphore(0);
    private volatile HttpHandler answer = this::serve;
    private HttpServer server;
    private HttpContext repository;

    private GitRepositoryOverHttp(Path gitFolder) {
        this.gitFolder = gitFolder;
        listen(0);
    }

    public static GitRepositoryOverHttp of(Path gitFolder) {
        return new GitRepositoryOverHttp(gitFolder);
    }

    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + PATH;
    }

    /** Answers every request with this status until it is told to {@link #work}. */
    public void fail(int status) {
        answer =
                request -> {
                    refused.release();
                    request.sendResponseHeaders(status, -1);
                };
    }

    /** Answers every request with this page, as a proxy does that wants a login. */
    public void showPage(String html) {
        byte[] page = html.getBytes(StandardCharsets.UTF_8);
        answer =
                request -> {
                    refused.release();
                    request.getResponseHeaders().set("Content-Type", "text/html");
                    request.sendResponseHeaders(OK, page.length == 0 ? -1 : page.length);
                    request.getResponseBody().write(page);
                };
    }

    /** Serves the repository again. */
    public void work() {
        answer = this::serve;
    }

    /** Waits until this many more requests were not served. */
    public void awaitRefused(int requests) {
        try {
            if (!refused.tryAcquire(requests, 1, TimeUnit.MINUTES)) {
                throw new AssertionError(
                        "nobody asked %d times within a minute".formatted(requests));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Answers 401 to whoever does not log in with these. */
    public void requireLogin(String login, String password) {
        repository.setAuthenticator(
                new BasicAuthenticator("git") {
                    @Override
                    public boolean checkCredentials(String user, String given) {
                        return user.equals(login) && given.equals(password);
                    }
                });
    }

    /** Nobody listens at the address any more. */
    public void stop() {
        server.stop(0);
    }

    /** Listens again, at the same address. */
    public void restart() {
        listen(server.getAddress().getPort());
    }

    private void listen(int port) {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        repository =
                server.createContext(
                        PATH,
                        request -> {
                            try (request) {
                                answer.handle(request);
                            }
                        });
        server.start();
    }

    private void serve(HttpExchange request) throws IOException {
        switch (request.getRequestURI().getPath().substring(PATH.length())) {
            case "/info/refs" -> advertise(request);
            case "/git-upload-pack" -> upload(request);
            default -> request.sendResponseHeaders(404, -1);
        }
    }

    private void advertise(HttpExchange request) throws IOException {
        try (Repository opened = open();
                OutputStream out = respond(request, "advertisement")) {
            UploadPack service = service(opened, request);
            service.sendAdvertisedRefs(
                    new PacketLineOutRefAdvertiser(new PacketLineOut(out)), "git-upload-pack");
        }
    }

    private void upload(HttpExchange request) throws IOException {
        boolean gzip = "gzip".equals(request.getRequestHeaders().getFirst("Content-Encoding"));
        try (Repository opened = open();
                InputStream raw = request.getRequestBody();
                InputStream in = gzip ? new GZIPInputStream(raw) : raw;
                OutputStream out = respond(request, "result")) {
            service(opened, request).upload(in, out, null);
        }
    }

    private static OutputStream respond(HttpExchange request, String what) throws IOException {
        request.getResponseHeaders().set("Content-Type", "application/x-git-upload-pack-" + what);
        request.sendResponseHeaders(OK, 0);
        return request.getResponseBody();
    }

    private static UploadPack service(Repository repository, HttpExchange request) {
        UploadPack service = new UploadPack(repository);
        service.setBiDirectionalPipe(false);
        String protocol = request.getRequestHeaders().getFirst("Git-Protocol");
        if (protocol != null) {
            service.setExtraParameters(List.of(protocol.split(":")));
        }
        return service;
    }

    private Repository open() throws IOException {
        return new FileRepositoryBuilder().setGitDir(gitFolder.toFile()).build();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
