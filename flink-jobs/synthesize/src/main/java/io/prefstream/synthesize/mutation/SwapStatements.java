package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Two neighbouring statements change places, of which one reads or overwrites what the other
 * writes.
 *
 * <p>Left alone: independent statements (nothing would change), the first assignment of a variable
 * that the other statement needs (that is an error of the compiler, not of meaning), and statements
 * that leave the block.
 */
final class SwapStatements implements MutationOperator {

    @Override
    public String id() {
        return "swap-statements";
    }

    @Override
    public List<Edit> sites(FunctionCode code) {
        List<Edit> sites = new ArrayList<>();
        for (List<Node> run : Statements.runs(code)) {
            for (int i = 0; i + 1 < run.size(); i++) {
                Node first = run.get(i);
                Node second = run.get(i + 1);
                if (!code.dialect().isJump(first)
                        && !code.dialect().isJump(second)
                        && !code.dialect().isGuard(first)
                        && !first.text().equals(second.text())
                        && dependOnOrder(code, first, second)) {
                    sites.add(Edit.swap(id(), first, second));
                }
            }
        }
        return sites;
    }

    private static boolean dependOnOrder(FunctionCode code, Node first, Node second) {
        if (Statements.areOrderedCalls(code, first, second)) {
            return true;
        }
        Set<String> shared = new HashSet<>(Statements.writes(code, first));
        shared.retainAll(Statements.names(second));
        for (String name : shared) {
            if (code.dialect().introduces(code, first, name)) {
                return false;
            }
        }
        if (!shared.isEmpty()) {
            return true;
        }
        Set<String> overwritten = new HashSet<>(Statements.writes(code, second));
        overwritten.retainAll(Statements.names(first));
        return overwritten.stream()
                .anyMatch(name -> !code.dialect().introduces(code, second, name));
    }
}
