package io.prefstream.trainer;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStoreContext;

/**
 * S3 over HTTP on loopback, with signatures checked, by S3Proxy; the objects are files of a folder.
 * While it is open this thread's Hadoop finds it by a {@code core-site.xml}.
 */
final class S3Server implements CheckpointStoreTests.Store {

    private static final String BUCKET = "models";

    private final BlobStoreContext store;
    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private final int port;
    private S3Proxy proxy;

    S3Server(Path folder) throws Exception {
        Files.createDirectories(folder);
        Properties properties = new Properties();
        properties.setProperty("jclouds.filesystem.basedir", folder.toString());
        store =
                ContextBuilder.newBuilder("filesystem-nio2")
                        .credentials("id", "secret")
                        .overrides(properties)
                        .build(BlobStoreContext.class);
        store.getBlobStore().createContainerInLocation(null, BUCKET);
        proxy = start(0);
        port = proxy.getPort();
        Path conf = Files.createDirectories(folder.resolveSibling("conf"));
        Files.writeString(
                conf.resolve("core-site.xml"),
                """
                <configuration>
                  <property><name>fs.s3a.endpoint</name><value>http://127.0.0.1:%d</value></property>
                  <property><name>fs.s3a.endpoint.region</name><value>us-east-1</value></property>
                  <property><name>fs.s3a.path.style.access</name><value>true</value></property>
                  <property><name>fs.s3a.access.key</name><value>id</value></property>
                  <property><name>fs.s3a.secret.key</name><value>secret</value></property>
                </configuration>
                """
                        .formatted(port));
        Thread.currentThread()
                .setContextClassLoader(
                        new URLClassLoader(new URL[] {conf.toUri().toURL()}, before));
    }

    private S3Proxy start(int at) throws Exception {
        S3Proxy started =
                S3Proxy.builder()
                        .blobStore(store.getBlobStore())
                        .endpoint(URI.create("http://127.0.0.1:" + at))
                        .awsAuthentication(AuthenticationType.AWS_V4, "id", "secret")
                        .build();
        started.start();
        return started;
    }

    @Override
    public String uri(String path) {
        return "s3a://" + BUCKET + "/" + path;
    }

    /** Nobody answers any more. */
    @Override
    public void stop() {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Answers again, at the same port. */
    @Override
    public void restart() {
        try {
            proxy = start(port);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        Thread.currentThread().setContextClassLoader(before);
        stop();
        store.close();
    }
}
