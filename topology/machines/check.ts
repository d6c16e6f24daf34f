/** What machines declare: their files, environment and order. */
import type { Draft } from "../draft.ts";
import { member, type Report } from "../validation/report.ts";

/** Folders that the kernel or the lab fills. */
const taken = ["/proc", "/sys", "/dev", "/run"];

export function checkMachines({ spec, machines }: Draft, report: Report): void {
  for (const { path, spec: machine } of machines.values()) {
    if ((machine.runtime ?? spec.runtime) === "container") {
      const hint =
        "Set it: a machine has a file system of its own in a namespace too, and may be linked to containers.";
      report.add("no-container", `${path}.runtime`, "container", "namespace, for a machine", hint);
    }
    for (const file of Object.keys(machine.files ?? {})) checkFile(file, `${path}.files`, report);
    for (const [name, value] of Object.entries(machine.environment ?? {})) {
      const at = member(`${path}.environment`, name);
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
        report.add("bad-name", at, name, "letters, digits and underscores, no digit first", "Choose another name.");
      if (value.includes("\0")) report.add("bad-value", at, value, "text without zero bytes", "Take them out.");
    }
    for (const [index, text] of (machine.setup ?? []).entries())
      if (text.trim() === "" || text.includes("\0"))
        report.add("bad-command", `${path}.setup[${index}]`, text, "a command for bash", "Leave it out.");
    for (const [index, name] of (machine.after ?? []).entries()) {
      const at = `${path}.after[${index}]`;
      if (machines.has(name)) continue;
      if (!Object.hasOwn(spec.nodes, name)) report.unknownReference(at, name, "a machine", machines.keys());
      else report.add("not-a-machine", at, name, "a machine", "Only machines have a setup to wait for.");
    }
  }
  for (const cycle of cyclesOf(machines)) {
    const [first = ""] = cycle;
    const hint = "Take one of them out of the other's `after`.";
    report.add("waits-for-itself", `${member("nodes", first)}.after`, cycle.join(", "), "no circle", hint);
  }
}

function checkFile(file: string, path: string, report: Report): void {
  const parts = file.split("/").slice(1);
  if (!file.startsWith("/") || parts.length === 0 || parts.some((part) => ["", ".", ".."].includes(part)))
    report.add("bad-path", path, file, "an absolute path such as /etc/frr/frr.conf", "Correct the path.");
  else if (taken.some((folder) => file.startsWith(`${folder}/`)))
    report.add("bad-path", path, file, `a path outside ${taken.join(", ")}`, "Put it elsewhere.");
}

/** One circle for each set of machines that wait for each other. */
function cyclesOf(machines: Draft["machines"]): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (name: string, above: readonly string[]): void => {
    const at = above.indexOf(name);
    if (at !== -1) cycles.push(above.slice(at));
    if (at !== -1 || done.has(name)) return;
    for (const next of machines.get(name)?.spec.after ?? []) visit(next, [...above, name]);
    done.add(name);
  };
  for (const name of machines.keys()) visit(name, []);
  return cycles;
}
