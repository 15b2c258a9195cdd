package io.prefstream.replay;

import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.LogFile;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Values below all that are still needed, which leave the disk as whole files, and their items with
 * them. Deleted one by one beside new ones they would have RocksDB merge the files of all that lie
 * between, which is the whole table where the oldest item leaves for each new one.
 *
 * <p>Files are deleted some time after their last item was: with the next write that waits for the
 * disk, or once the log that says so is no longer needed, so that no loss of power brings the item
 * back without its value. At most 256 MB of log are kept, so some 500 MB of dead values may be.
 */
final class DeadValues {

    private static final long LOOK_EVERY_BYTES = 32L << 20;

    private final RocksDB db;
    private final List<ColumnFamilyHandle> families;
    private long written;

    /** Number below which no value was needed when the log of that number was written. */
    private long firstNeeded;

    private long log = Long.MAX_VALUE;

    /**
     * @param families whose keys are values' numbers
     */
    DeadValues(RocksDB db, List<ColumnFamilyHandle> families) {
        this.db = db;
        this.families = families;
    }

    /**
     * Learns of a write.
     *
     * @param bytes that were written
     * @param first number below which no value is needed since
     * @param onDiskNow whether it, and all before it, is sure to be on the disk
     */
    void wrote(long bytes, long first, boolean onDiskNow) throws RocksDBException {
        if (onDiskNow) {
            delete(first);
        }
        written += bytes;
        if (written < LOOK_EVERY_BYTES) {
            return;
        }
        written = 0;
        boolean onDisk = db.getLongProperty("rocksdb.min-log-number-to-keep") > log;
        if (onDisk) {
            delete(firstNeeded);
        }
        if (onDisk || log == Long.MAX_VALUE) {
            List<LogFile> logs = db.getSortedWalFiles();
            log = logs.get(logs.size() - 1).logNumber();
            firstNeeded = first;
        }
    }

    /** Deletes the files in which all numbers are below one. */
    void delete(long below) throws RocksDBException {
        if (below == 0) {
            return;
        }
        for (ColumnFamilyHandle family : families) {
            db.deleteFilesInRanges(
                    family, List.of(TableLayout.longs(0), TableLayout.longs(below)), false);
        }
    }
}
