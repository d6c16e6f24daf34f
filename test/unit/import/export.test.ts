import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { exportContainerlab, type Exported } from "../../../cli/exports/containerlab.ts";
import { daemonCommand, directoryOf } from "../../../cli/exports/daemon.ts";
import { declare } from "../../../components/declarations.ts";
import { splitWords } from "../../../topology/import/lab/words.ts";
import { resolve } from "../../../topology/resolve.ts";
import type { NodeSpec, RouterDaemon, TopologySpec } from "../../../topology/spec.ts";
import { findLab, resolveSettings } from "../../../labs/index.ts";

interface NodeOfFile {
  readonly image: string;
  readonly memory?: string;
  readonly cpu?: number;
  readonly cmd?: string;
  readonly binds?: readonly string[];
  readonly exec?: readonly string[];
}

function exported(spec: TopologySpec, image = "router:1"): Exported {
  const topology = resolve(spec);
  return exportContainerlab(topology, declare(topology, 60), { name: "lab", image });
}

function nodeOf({ text }: Exported, name: string): NodeOfFile {
  const { topology } = parse(text) as { topology: { nodes: Record<string, NodeOfFile> } };
  const node = topology.nodes[name];
  if (node === undefined) throw new Error(`no node ${name}`);
  return node;
}

function pair(a: NodeSpec, b: NodeSpec = { kind: "host" }): TopologySpec {
  return { families: ["ipv4"], nodes: { a, b }, links: [{ ends: ["a", "b"] }] };
}

describe("a router's daemons", () => {
  function router(daemon: RouterDaemon): Exported {
    return exported({
      ...pair({ kind: "router", as: "one", daemon, originates: ["192.0.2.0/24"] }),
      autonomousSystems: { one: { asn: 65001 } },
    });
  }

  test("FRR finds its files where it is told that they are, and starts behind zebra", () => {
    const { binds = [], exec = [] } = nodeOf(router("frr"), "a");
    const there = binds.map((bind) => bind.split(":")[1]);
    const named = exec.join("\n").match(/(?<=-f )\S+/g) ?? [];
    expect(named).toContain("/etc/frr/bgpd.conf");
    for (const file of named) expect(there).toContain(file);
    const made = exec.indexOf("mkdir -p /var/lib/labwright /etc/frr /run/frr /var/tmp");
    const joined = exec.findIndex((line) => /^sed -i .*frrvty.* \/etc\/group$/.test(line));
    const zebra = exec.findIndex((line) => line.includes("/usr/lib/frr/zebra "));
    const bgpd = exec.findIndex((line) => line.includes("until [ -e /run/frr/zserv.api ]; do sleep 0.1; done; exec"));
    const places = [made, joined, zebra, bgpd];
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  test.each([
    ["gobgp", "/run/gobgp"],
    ["openbgpd", "/run/openbgpd"],
  ] as const)("%s has a folder for its socket", (daemon, folder) => {
    const { exec = [] } = nodeOf(router(daemon), "a");
    expect(exec).toContain(`mkdir -p /var/lib/labwright ${folder}`);
    expect(exec).toContain(`ln -sfn ${folder} /var/lib/labwright/${daemon}-run`);
  });
});

test("a node's files and daemons say where things are in a container", () => {
  const text = "/run/bird/data /run/nodes/a/data /run/birds /run/nodes/ab\n";
  const all = exported(
    pair({
      kind: "host",
      files: { "tool.sh": text },
      services: { runner: { kind: "daemon", command: ["sh", "/run/bird/tool.sh"] } },
    }),
  );
  const { binds = [], exec = [] } = nodeOf(all, "a");
  expect(binds).toContain("a/var/lib/labwright/tool.sh:/var/lib/labwright/tool.sh");
  expect(exec.at(-1)).toContain("setsid sh /var/lib/labwright/tool.sh >>runner.log");
  expect(all.files.find(({ path }) => path.endsWith("/tool.sh"))?.content).toBe(
    "/var/lib/labwright/data /var/lib/labwright/data /run/birds /run/nodes/ab\n",
  );
});

test("what prepares a daemon is run before it, to its end", () => {
  const daemon = { name: "d", command: ["d", "/run/nodes/a/d"], prepare: ["mkdir", "-p", "/run/nodes/a/d"], reads: [] };
  expect(splitWords(daemonCommand(daemon, directoryOf("a", {})))?.at(-1)).toBe(
    "mkdir -p /var/lib/labwright && cd /var/lib/labwright && mkdir -p /var/lib/labwright/d >>d.log 2>&1 </dev/null && " +
      "setsid d /var/lib/labwright/d >>d.log 2>&1 </dev/null &",
  );
});

describe("names", () => {
  const spec: TopologySpec = {
    ...pair({ kind: "host", services: { dns: { kind: "dns", zones: { "example.com": [] } } } }),
    names: { "ns.example.com": "a" },
    resolver: "a",
  };

  test("are in files of every node, with the name server", () => {
    const { files } = exported(spec);
    const hosts = files.filter(({ path }) => path.endsWith("/etc/hosts"));
    expect(hosts.map(({ path }) => path)).toEqual(["a/etc/hosts", "b/etc/hosts"]);
    for (const { content } of hosts) expect(content).toMatch(/^10\.\S+ a ns\.example\.com$/m);
    expect(files.find(({ path }) => path === "b/etc/resolv.conf")?.content).toMatch(/^nameserver 10\./m);
  });

  test("a machine's own files are left to it", () => {
    const { files } = exported({
      ...spec,
      nodes: { ...spec.nodes, b: { kind: "machine", files: { "/etc/hosts": "127.0.0.1 mine\n" } } },
    });
    expect(files.filter(({ path }) => path === "b/etc/hosts")).toEqual([
      { path: "b/etc/hosts", content: "127.0.0.1 mine\n" },
    ]);
  });
});

test("a container's image and limits are said", () => {
  const container = { image: "alpine:3", memory: 64, cpus: 0.5 };
  const limited = exported(pair({ kind: "host", runtime: "container", container }));
  expect(nodeOf(limited, "a")).toMatchObject({ image: "alpine:3", memory: "64MiB", cpu: 0.5 });
  const ours = exported(pair({ kind: "host", runtime: "container" }));
  expect(nodeOf(ours, "a").image).toBe("router:1");
});

test("an image's own daemon doesn't run beside those of the lab", () => {
  const { cmd } = nodeOf(exported(pair({ kind: "host" }), "quay.io/frrouting/frr:10.0.1"), "a");
  expect(cmd).toBe("sleep infinity");
});

test("what can't run in a container is left out, and the file says so", async () => {
  const lab = await findLab("bgp-security");
  const full = exported(lab.topology(resolveSettings(lab, { rpki: "full" })));
  expect(full.problems.every(({ path, hint }) => path !== "" && hint !== "")).toBe(true);
  for (const program of ["labwright-", "krill -c", "routinator "]) expect(full.text).not.toContain(program);
  for (const { code, path } of full.problems) expect(full.text).toContain(`# Not here: ${path} [${code}].`);
});

test("a wrong clock is told", () => {
  const { problems } = exported(pair({ kind: "host", clock: -3600 }));
  expect(problems).toMatchObject([{ code: "clock", path: "nodes.a.clock", found: -3600 }]);
});

test.each(["mtls", "mtls-database", "zero-trust"])(
  "no export of %s has a private key or a certificate",
  async (name) => {
    const lab = await findLab(name);
    const { text, files, problems } = exported(lab.topology(resolveSettings(lab, {})));
    expect(`${text}${files.map(({ content }) => content).join("")}`).not.toMatch(/-----BEGIN/);
    expect(problems.filter(({ code }) => code === "credentials")[0]?.hint).toContain("lab pki export");
  },
);
