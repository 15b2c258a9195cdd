package io.prefstream.topics;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/** A registry in memory that counts what it is asked; ids are places in a list, from 1. */
final class InMemoryRegistry implements SchemaRegistry {

    private final List<Schema> schemas = new ArrayList<>();
    private int registrations;
    private int reads;
    private boolean down;

    @Override
    public int register(String subject, Schema schema) {
        registrations++;
        if (!schemas.contains(schema)) {
            schemas.add(schema);
        }
        return schemas.indexOf(schema) + 1;
    }

    @Override
    public int idOf(String subject, Schema schema) {
        if (!schemas.contains(schema)) {
            throw new SchemaRegistryException("no such schema under " + subject);
        }
        return schemas.indexOf(schema) + 1;
    }

    @Override
    public Schema byId(int id) throws UnknownSchemaException {
        reads++;
        if (down) {
            throw new SchemaRegistryException("down");
        }
        if (id < 1 || id > schemas.size()) {
            throw new UnknownSchemaException("the registry has no schema " + id);
        }
        return schemas.get(id - 1);
    }

    @Override
    public void setCompatibility(String subject, String rule) {}

    void down(boolean isDown) {
        down = isDown;
    }

    int registrations() {
        return registrations;
    }

    int reads() {
        return reads;
    }
}
