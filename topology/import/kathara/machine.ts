/** One machine of a Kathará lab. */
import type { MachineSpec } from "../../spec.ts";
import { useOfImage } from "../lab/images.ts";
import { textOf, type Findings, type LabFiles } from "../lab/lab.ts";
import type { ConfMachine, ConfSetting } from "./conf.ts";
import { setupOf } from "./startup.ts";

/** Larger ones belong in no declaration. Bytes. */
const largest = 1 << 20;

export interface MachineContext {
  /** As lab.conf calls it, and the name here. */
  readonly original: string;
  readonly name: string;
  readonly after: readonly string[];
  readonly files: LabFiles;
  readonly findings: Findings;
}

/** What each setting that makes no difference is about. */
const withoutEffect: Readonly<Record<string, string>> = {
  mem: "Nodes have no limits of their own.",
  cpus: "Nodes have no limits of their own.",
  ulimit: "Nodes have no limits of their own.",
  port: "No port is published: nothing of a lab is reached from outside. `lab exec` reaches its nodes.",
  num_terms: "`lab shell` opens as many as you like.",
  shell: "`lab shell` opens bash, or sh where there is none.",
  privileged: "Nodes have all rights over their own network.",
  hidden: "Every node is shown.",
};

/** Undefined where nothing of it is left. */
export function readMachine(machine: ConfMachine, context: MachineContext): MachineSpec | undefined {
  const { original, name, after, findings } = context;
  const environment: Record<string, string> = {};
  const sysctls: Record<string, string> = {};
  const commands: string[] = [];
  let image: ConfSetting | undefined;
  for (const setting of machine.settings) {
    const { name: key, value, line } = setting;
    const at = { line, place: `${original}[${key}]`, node: name };
    switch (key) {
      case "image":
        image = setting;
        break;
      case "exec":
        commands.push(value);
        break;
      case "env":
      case "sysctl": {
        const [, left, right] = /^([\w.-]+)=(.*)$/.exec(value) ?? [];
        const isRight = key === "env" ? /^[A-Za-z_]\w*$/.test(left ?? "") : /^net(\.[\w-]+)+$/.test(left ?? "");
        if (left !== undefined && isRight) (key === "env" ? environment : sysctls)[left] = right?.trim() ?? "";
        else {
          const expected = key === "env" ? "NAME=VALUE" : "net.NAME=VALUE";
          findings.refuse({ ...at, code: `bad-${key}`, found: value, expected, hint: "Correct it." });
        }
        break;
      }
      case "ipv6":
        if (/^(false|no|n|f|off|0)$/i.test(value)) sysctls["net.ipv6.conf.all.disable_ipv6"] = "1";
        break;
      case "bridged":
        if (/^(true|yes|y|t|on|1)$/i.test(value))
          findings.refuse({
            ...at,
            code: "bridged",
            found: value,
            expected: "no way out of the lab",
            hint: "It joins the machine to the host's network and the Internet: nothing of a lab is.",
          });
        break;
      case "volume":
      case "entrypoint":
      case "args":
      case "bridged_iface": {
        const hint = "A lab is the same on every machine, and its nodes run what their startup says.";
        findings.refuse({ ...at, code: "not-taken-over", found: value, expected: "nothing of it", hint });
        break;
      }
      default: {
        const hint =
          (Object.hasOwn(withoutEffect, key) ? withoutEffect[key] : undefined) ?? "Kathará makes nothing of it.";
        findings.note({ ...at, code: "left-out", expected: "nothing of it", hint });
      }
    }
  }
  const use = useOfImage(image?.value ?? "");
  if (use.kind === "foreign" && image !== undefined) {
    const at = { line: image.line, place: `${original}[image]`, node: name, found: image.value };
    const expected = "an image whose programs are packages of the system";
    findings.refuse({ ...at, code: "foreign-image", expected, hint: use.reason });
    // Its set-up is about programs that aren't there. Its interfaces stay, so that the others' links do.
    return machine.interfaces.size === 0 ? undefined : { kind: "machine", image: image.value };
  }
  const own = filesOf(context);
  const setup = [...scripts(context), ...commands];
  return {
    kind: "machine",
    ...(image === undefined ? {} : { image: image.value }),
    forwarding: true,
    ...(after.length === 0 ? {} : { after }),
    ...(Object.keys(environment).length === 0 ? {} : { environment }),
    ...(Object.keys(sysctls).length === 0 ? {} : { sysctls }),
    ...(Object.keys(own).length === 0 ? {} : { files: own }),
    ...(setup.length === 0 ? {} : { setup }),
  };

  function scripts({ files: all }: MachineContext): string[] {
    return ["shared.startup", `${original}.startup`].flatMap((path) => {
      const bytes = all.read(path);
      const text = bytes === undefined ? undefined : textOf(bytes);
      if (text !== undefined) return setupOf(text);
      if (bytes !== undefined) refuseFile(path, "It is no text.");
      return [];
    });
  }

  /** Its own folder is its root; `shared` is seen at /shared. */
  function filesOf({ files: all }: MachineContext): Record<string, string> {
    const found: Record<string, string> = {};
    for (const [folder, target] of [
      [original, ""],
      ["shared", "/shared"],
    ] as const)
      for (const path of all.list(folder) ?? []) {
        if (/(^|\/)(\.DS_Store|\.gitkeep|desktop\.ini)$/.test(path)) continue;
        const bytes = all.read(`${folder}/${path}`);
        const text = bytes === undefined || bytes.length > largest ? undefined : textOf(bytes);
        if (text === undefined)
          refuseFile(`${folder}/${path}`, "Only text files of at most 1 MiB can be in a declaration.");
        else if (/^(proc|sys|dev|run)\//.test(path)) refuseFile(`${folder}/${path}`, "The node's own are there.");
        else found[`${target}/${path}`] = text.replace(/^\uFEFF/, "");
      }
    return found;
  }

  function refuseFile(path: string, hint: string): void {
    const at = { file: path, line: 1, place: "", node: name };
    findings.refuse({ ...at, code: "no-text", expected: "a text file for the node", hint });
  }
}
