package io.prefstream.ingest.feeds;

import io.prefstream.feeds.swh.JournalMessages;
import io.prefstream.feeds.swh.MalformedMessageException;
import io.prefstream.ingest.IngestPipeline;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.topics.flink.DeadLetters;
import io.prefstream.topics.flink.KafkaRecord;
import java.util.Optional;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Decodes the journal; a message that cannot be read becomes a dead letter. */
final class ReadJournal extends ProcessFunction<KafkaRecord, JournalEntry> {

    static final String VISITS = ".origin_visit_status";
    static final String SNAPSHOTS = ".snapshot";

    private static final long serialVersionUID = 1L;

    private final OutputTag<DeadLetter> unreadable;

    ReadJournal(OutputTag<DeadLetter> unreadable) {
        this.unreadable = unreadable;
    }

    @Override
    public void processElement(KafkaRecord record, Context context, Collector<JournalEntry> out) {
        byte[] message = record.value();
        if (message == null) {
            return; // the archive has deleted the object
        }
        try {
            Optional<JournalEntry> entry =
                    record.topic().endsWith(VISITS)
                            ? JournalMessages.visit(message).map(JournalEntry::of)
                            : JournalMessages.head(message).map(JournalEntry::of);
            entry.ifPresent(out::collect);
        } catch (MalformedMessageException e) {
            context.output(
                    unreadable, DeadLetters.of(IngestPipeline.STAGE, record, e.getMessage()));
        }
    }
}
