package io.prefstream.topics.confluent;

import io.confluent.kafka.schemaregistry.avro.AvroSchemaProvider;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.prefstream.topics.SchemaRegistry;
import io.prefstream.topics.TopicsConnection;
import java.util.List;

/** Connects Confluent's client with the connection's registry properties. */
public final class ConfluentRegistryProvider implements SchemaRegistry.Provider {

    private static final int MAX_SCHEMAS_PER_SUBJECT = 1_000;

    @Override
    public SchemaRegistry connect(TopicsConnection connection) {
        return new ConfluentRegistry(
                new CachedSchemaRegistryClient(
                        List.of(connection.registryUrl()),
                        MAX_SCHEMAS_PER_SUBJECT,
                        List.of(new AvroSchemaProvider()),
                        connection.registryProperties()));
    }
}
