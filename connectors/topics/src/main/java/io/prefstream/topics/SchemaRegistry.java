package io.prefstream.topics;

import java.util.ServiceLoader;
import org.apache.avro.Schema;

/**
 * The schemas behind the ids in the records, by Confluent's model: subjects with versions, one id
 * per schema. Implementations may be used by several threads.
 *
 * <p>Default: {@link SchemaRegistryClient}. Whoever needs another one (sign-on, encryption) puts a
 * {@link Provider} on the class path for {@link ServiceLoader} to find.
 */
public interface SchemaRegistry {

    /**
     * The id of this schema under this subject, registered if it was not there.
     *
     * @throws SchemaRegistryException if the subject's compatibility rule forbids it, or the
     *     registry can't be reached
     */
    int register(String subject, Schema schema);

    /**
     * The id of this schema under this subject.
     *
     * @throws SchemaRegistryException if it isn't registered, or the registry can't be reached
     */
    int idOf(String subject, Schema schema);

    /**
     * The schema of this id.
     *
     * @throws UnknownSchemaException if the registry answers that it has none
     * @throws SchemaRegistryException if the registry can't be reached or doesn't work
     */
    Schema byId(int id) throws UnknownSchemaException;

    /** Sets a subject's compatibility rule, such as {@code FULL_TRANSITIVE}. */
    void setCompatibility(String subject, String rule);

    /** Makes registries; found by {@link ServiceLoader}. */
    interface Provider {
        SchemaRegistry connect(TopicsConnection connection);
    }

    /** The registry of this connection: from the provider on the class path, if there is one. */
    static SchemaRegistry connect(TopicsConnection connection) {
        return ServiceLoader.load(Provider.class, SchemaRegistry.class.getClassLoader())
                .findFirst()
                .map(provider -> provider.connect(connection))
                .orElseGet(() -> new SchemaRegistryClient(connection.registryUrl()));
    }
}
