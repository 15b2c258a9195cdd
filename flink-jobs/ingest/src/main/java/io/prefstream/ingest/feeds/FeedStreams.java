package io.prefstream.ingest.feeds;

import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.RepoEvent;
import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * What a feed puts out.
 *
 * @param events its messages
 * @param unreadable what it could not read; at most one stream, none where a feed has no such thing
 */
record FeedStreams(DataStream<RepoEvent> events, List<DataStream<DeadLetter>> unreadable) {}
