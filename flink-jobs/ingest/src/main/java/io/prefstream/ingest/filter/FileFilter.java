package io.prefstream.ingest.filter;

import java.util.List;
import java.util.Optional;

/** One decision about a file. Stateless: the same file gets the same answer on every machine. */
@FunctionalInterface
public interface FileFilter {

    /** Why the file isn't taken; empty if this filter has nothing against it. */
    Optional<Refusal> refuse(CandidateFile file);

    /** A chain that gives the first refusal, so put the cheap filters first. */
    static FileFilter firstOf(List<FileFilter> filters) {
        List<FileFilter> chain = List.copyOf(filters);
        return file -> chain.stream().flatMap(filter -> filter.refuse(file).stream()).findFirst();
    }
}
