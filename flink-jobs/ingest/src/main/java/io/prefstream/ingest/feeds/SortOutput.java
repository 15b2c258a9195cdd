package io.prefstream.ingest.feeds;

import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.FeedOutput;
import io.prefstream.schemas.RepoEvent;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Parts a feed's messages from what it could not read: a source has no side outputs. */
final class SortOutput extends ProcessFunction<FeedOutput, RepoEvent> {

    private static final long serialVersionUID = 1L;

    private final OutputTag<DeadLetter> unreadable;

    SortOutput(OutputTag<DeadLetter> unreadable) {
        this.unreadable = unreadable;
    }

    @Override
    public void processElement(FeedOutput output, Context context, Collector<RepoEvent> out) {
        if (output.getWhat() instanceof DeadLetter letter) {
            context.output(unreadable, letter);
        } else {
            out.collect((RepoEvent) output.getWhat());
        }
    }
}
