package io.prefstream.content.git;

import io.prefstream.content.git.GitUnavailableException.Cause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.api.FetchCommand;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.LsRemoteCommand;
import org.eclipse.jgit.api.TransportConfigCallback;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.api.errors.InvalidRemoteException;
import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.NetRCCredentialsProvider;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.TransportHttp;

/**
 * The two questions that are put to a remote repository: what it has, and some of it. Credentials
 * come from {@code ~/.netrc}; a remote that falls silent for {@link #IO_TIMEOUT} is given up.
 */
final class GitRemote {

    static final Duration IO_TIMEOUT = Duration.ofSeconds(60);

    private final String address;
    private final TransportConfigCallback checked;

    GitRemote(String address, GitAccess access) throws GitUnavailableException {
        GitAddress.requireUsableRemote(address);
        access.require(address, GitAccess.host(address));
        this.address = address;
        this.checked =
                transport -> {
                    if (transport instanceof TransportHttp http) {
                        http.setHttpConnectionFactory(new CheckedConnections(access));
                    }
                };
    }

    /** Its references by their full names; empty for an empty repository. */
    Map<String, Ref> list() throws GitUnavailableException {
        LsRemoteCommand list =
                Git.lsRemoteRepository()
                        .setRemote(address)
                        .setTimeout((int) IO_TIMEOUT.toSeconds())
                        .setTransportConfigCallback(checked)
                        .setCredentialsProvider(new NetRCCredentialsProvider());
        return ask(list::callAsMap);
    }

    /** Short name of the branch that HEAD names, or most likely names. */
    static String defaultBranch(Map<String, Ref> advertised) {
        Ref head = advertised.get(Constants.HEAD);
        if (head == null) {
            return Constants.MASTER;
        }
        if (head.isSymbolic()) {
            return Repository.shortenRefName(head.getTarget().getName());
        }
        List<String> candidates = new ArrayList<>(List.of("main", Constants.MASTER));
        advertised.keySet().stream()
                .filter(name -> name.startsWith(Constants.R_HEADS))
                .map(Repository::shortenRefName)
                .forEach(candidates::add);
        for (String candidate : candidates) {
            Ref ref = advertised.get(Constants.R_HEADS + candidate);
            if (ref != null && head.getObjectId().equals(ref.getObjectId())) {
                return candidate;
            }
        }
        return Constants.MASTER;
    }

    /**
     * Fetches into a repository.
     *
     * @param depth commits of history, 0 for all that is new
     */
    void fetch(Repository into, RefSpec spec, int depth) throws GitUnavailableException {
        FetchCommand fetch =
                Git.wrap(into)
                        .fetch()
                        .setRemote(address)
                        .setRefSpecs(spec)
                        .setTagOpt(TagOpt.NO_TAGS)
                        .setTimeout((int) IO_TIMEOUT.toSeconds())
                        .setTransportConfigCallback(checked)
                        .setCredentialsProvider(new NetRCCredentialsProvider())
                        .setProgressMonitor(new InterruptibleMonitor());
        if (depth > 0) {
            fetch.setDepth(depth);
        }
        var unused = ask(fetch::call);
    }

    /** A command that JGit carries out. */
    private interface Question<T> {
        T put() throws GitAPIException;
    }

    private <T> T ask(Question<T> question) throws GitUnavailableException {
        try {
            return question.put();
        } catch (InvalidRemoteException e) {
            throw GitUnavailableException.missing(address, e);
        } catch (GitAPIException | JGitInternalException e) {
            throw GitUnavailableException.unread(address, e);
        } catch (RuntimeException e) {
            // JGit takes any page for the older protocol of plain files, and stumbles over it.
            throw new GitUnavailableException(
                    Cause.UNREACHABLE, address + " does not answer as a git remote does", e);
        }
    }

    /** Stops a transfer whose thread was interrupted. */
    private static final class InterruptibleMonitor extends EmptyProgressMonitor {
        @Override
        public boolean isCancelled() {
            return Thread.currentThread().isInterrupted();
        }
    }
}
