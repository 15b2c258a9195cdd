package io.prefstream.jobs.generators.release;

import java.net.URI;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.local.LocalFileSystem;

/** Files of this machine under the scheme {@code store}, as a plugin of Flink's has its own. */
public final class StoreFileSystemFactory implements FileSystemFactory {

    @Override
    public String getScheme() {
        return "store";
    }

    @Override
    public FileSystem create(URI uri) {
        return LocalFileSystem.getSharedInstance();
    }
}
