package io.prefstream.topics.confluent;

import io.confluent.kafka.schemaregistry.ParsedSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.prefstream.topics.SchemaRegistry;
import io.prefstream.topics.SchemaRegistryException;
import io.prefstream.topics.UnknownSchemaException;
import java.io.IOException;
import org.apache.avro.Schema;

/**
 * The registry through Confluent's own client.
 *
 * <p>Not compiled against Confluent's artifacts so far: they are not on Maven Central.
 */
final class ConfluentRegistry implements SchemaRegistry {

    private static final int SCHEMA_NOT_FOUND = 40403;

    private final SchemaRegistryClient client;

    ConfluentRegistry(SchemaRegistryClient client) {
        this.client = client;
    }

    @Override
    public int register(String subject, Schema schema) {
        try {
            return client.register(subject, new AvroSchema(schema));
        } catch (IOException | RestClientException e) {
            throw failed("register schema " + schema.getFullName() + " under " + subject, e);
        }
    }

    @Override
    public int idOf(String subject, Schema schema) {
        try {
            return client.getId(subject, new AvroSchema(schema));
        } catch (IOException | RestClientException e) {
            throw failed("find schema " + schema.getFullName() + " under " + subject, e);
        }
    }

    @Override
    public Schema byId(int id) throws UnknownSchemaException {
        ParsedSchema schema;
        try {
            schema = client.getSchemaById(id);
        } catch (RestClientException e) {
            if (e.getErrorCode() == SCHEMA_NOT_FOUND) {
                throw new UnknownSchemaException("the registry has no schema " + id);
            }
            throw failed("read schema " + id, e);
        } catch (IOException e) {
            throw failed("read schema " + id, e);
        }
        if (schema instanceof AvroSchema avro) {
            return avro.rawSchema();
        }
        throw new UnknownSchemaException("schema " + id + " of the registry is no Avro schema");
    }

    @Override
    public void setCompatibility(String subject, String rule) {
        try {
            client.updateCompatibility(subject, rule);
        } catch (IOException | RestClientException e) {
            throw failed("set compatibility " + rule + " of subject " + subject, e);
        }
    }

    private static SchemaRegistryException failed(String task, Exception cause) {
        return new SchemaRegistryException(
                "the schema registry cannot " + task + ": " + cause.getMessage(), cause);
    }
}
