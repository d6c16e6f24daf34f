import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { describe, expect, test } from "vitest";
import { filesOf } from "../../../cli/imports/files.ts";
import { readContainerlab } from "../../../topology/import/containerlab/index.ts";
import { readKathara } from "../../../topology/import/kathara/index.ts";
import { asProblem, type LabFiles, type ReadLab } from "../../../topology/import/lab/lab.ts";
import { renderLab } from "../../../topology/import/lab/render.ts";
import { formatProblem } from "../../../topology/problem.ts";
import { resolve } from "../../../topology/resolve.ts";
import { expectGolden } from "../../golden.ts";

const fixtures = join(import.meta.dirname, "../../fixtures");
const containerlab = filesOf(join(fixtures, "containerlab"));

function findingsOf({ findings }: ReadLab): string {
  const several = new Set(findings.map(({ file }) => file)).size > 1;
  return `${findings.map((finding) => `${finding.kind}${formatProblem(asProblem(finding, several))}`).join("\n")}\n`;
}

function memory(files: Readonly<Record<string, string>>): LabFiles {
  return {
    read: (path) => (path in files ? new TextEncoder().encode(files[path]) : undefined),
    list: (path) => {
      const prefix = path === "" ? "" : `${path}/`;
      const below = Object.keys(files).filter((each) => each.startsWith(prefix));
      return below.length === 0 ? undefined : below.map((each) => each.slice(prefix.length)).sort();
    },
  };
}

function clab(text: string, environment: Record<string, string> = {}): ReturnType<typeof readContainerlab> {
  return readContainerlab("lab.clab.yml", memory({ "lab.clab.yml": text }), { environment });
}

/** What Prettier makes of it, with the project's settings. */
async function formatted(text: string): Promise<string> {
  const settings = JSON.parse(readFileSync(join(fixtures, "../../.prettierrc.json"), "utf8")) as object;
  return format(text, { ...settings, parser: "typescript" });
}

describe("lab import containerlab", () => {
  const read = readContainerlab("sites.clab.yml", containerlab);

  test("gives the lab that a person would have written", async () => {
    const files = renderLab(read, { name: "sites", source: "containerlab's sites.clab.yml" });
    const lab = files[0]?.content ?? "";
    expectGolden("import/containerlab/lab.ts.txt", lab);
    expect(await formatted(lab)).toBe(lab);
    expect(files.map(({ path }) => path)).toEqual([
      "labs/sites/lab.ts",
      ...["motd", "frr/daemons", "frr/frr.conf"].map((file) => `labs/sites/files/east-r1/etc/${file}`),
      ...["motd", "frr/daemons", "frr/frr.conf"].map((file) => `labs/sites/files/west-r1/etc/${file}`),
      ...["client1", "client2", "server"].map((node) => `labs/sites/files/${node}/etc/motd`),
      "stacks/Pulumi.sites.yaml",
    ]);
    expect(read.findings).toEqual([]);
  });

  test("the lab is one that can be brought up", () => {
    const topology = resolve(read.topology);
    expect([topology.nodes.length, topology.links.length, topology.segments.length]).toEqual([5, 2, 2]);
  });

  test("refuses what can't run here, by line, all at once", () => {
    expectGolden("import/containerlab/refused.txt", findingsOf(readContainerlab("refused.clab.yml", containerlab)));
  });

  test("what is refused is told by comments where it would be", async () => {
    const refused = readContainerlab("refused.clab.yml", containerlab);
    const lab = renderLab(refused, { name: "refused", source: "refused.clab.yml" })[0]?.content ?? "";
    expectGolden("import/containerlab/partial.ts.txt", lab);
    expect(await formatted(lab)).toBe(lab);
    expect(() => resolve(refused.topology)).not.toThrow();
  });

  test("a node's own setting goes before its group's, that before its kind's, that before the defaults'", () => {
    const { topology } = clab(`
topology:
  defaults: { kind: linux, image: defaults, env: { A: defaults, B: defaults, C: defaults, D: defaults }, exec: [true, echo defaults] }
  kinds: { linux: { image: kind, env: { B: kind, C: kind, D: kind }, exec: [echo kind] } }
  groups: { g: { image: group, env: { C: group, D: group }, exec: [echo group] } }
  nodes:
    none: {}
    ofgroup: { group: g }
    own: { group: g, image: own, env: { D: own }, exec: [echo own, true] }
`);
    const images = Object.values(topology.nodes).map((node) => (node.kind === "machine" ? node.image : ""));
    expect(images).toEqual(["kind", "group", "own"]);
    expect(topology.nodes["own"]).toMatchObject({
      environment: { A: "defaults", B: "kind", C: "group", D: "own" },
      setup: ["true", "echo defaults", "echo kind", "echo group", "echo own"],
    });
  });

  test("a bind to the same place goes by the more special one", () => {
    const text =
      "topology:\n  defaults: { kind: linux, binds: ['a:/etc/x', 'a:/etc/y'] }\n  nodes: { n: { binds: ['b:/etc/x:ro'] } }\n";
    const { topology } = readContainerlab("l.yml", memory({ "l.yml": text, a: "of a", b: "of b" }));
    expect(topology.nodes["n"]).toMatchObject({ files: { "/etc/x": "of b", "/etc/y": "of a" } });
  });

  test("anchors, merged maps and variables are taken as containerlab takes them", () => {
    const { topology } = clab(
      "topology:\n  nodes:\n    y: &y { kind: linux, image: '${IMAGE:-alpine}:${TAG}' }\n    n: { <<: *y, exec: [echo $UNSET $$HOME] }\n",
      { TAG: "3" },
    );
    expect(topology.nodes["n"]).toMatchObject({ image: "alpine:3", setup: ["echo '$UNSET' '$HOME'"] });
  });

  test("a template and broken YAML are refused by line", () => {
    const messages = ["name: x\ntopology:\n  nodes:\n{{ range . }}\n{{ end }}\n", "a: [1\nb: 'x\n"].map((text) => {
      try {
        clab(text);
        return "taken";
      } catch (error) {
        return (error as Error).message;
      }
    });
    expectGolden("import/containerlab/unreadable.txt", `${messages.join("\n\n")}\n`);
  });

  test("commands that only keep a container running are left out, others run in the background", () => {
    const setupOf = (cmd: string): unknown => {
      const node = clab(`topology:\n  nodes:\n    a: { kind: linux, cmd: ${JSON.stringify(cmd)} }\n`).topology.nodes[
        "a"
      ];
      return node?.kind === "machine" ? node.setup : undefined;
    };
    for (const cmd of ["sleep infinity", "tail -f /dev/null", "/bin/bash", 'ash -c "sleep 9999"'])
      expect(setupOf(cmd)).toBeUndefined();
    expect(setupOf("iperf3 -s")).toEqual(["iperf3 -s >/var/log/cmd.log 2>&1 &"]);
  });

  test("a bridge inside a node is made by the node's set-up", () => {
    const { topology, findings } = clab(`
topology:
  defaults: { kind: linux }
  nodes:
    br0|a: { kind: bridge, network-mode: "container:a" }
    a: { exec: [ip address add 192.0.2.1/24 dev br0] }
    b: {}
  links: [{ endpoints: ["b:eth1", "br0|a:port1"] }]
`);
    expect(findings).toEqual([]);
    expect(topology.nodes["a"]).toMatchObject({
      setup: [
        "ip link add br0 type bridge",
        "ip link set br0 up",
        "ip link set port1 master br0",
        "ip address add 192.0.2.1/24 dev br0",
      ],
    });
    expect(topology.links).toEqual([
      {
        ends: [
          { node: "b", interface: "eth1" },
          { node: "a", interface: "port1" },
        ],
      },
    ]);
  });

  test("two nodes that wait for parts of each other's start wait once", () => {
    const wait = (node: string): string => `{ create: { wait-for: [ { node: ${node}, stage: create } ] } }`;
    const { topology } = clab(
      `topology:\n  nodes:\n    a: { kind: linux, stages: ${wait("b")} }\n    b: { kind: linux, stages: ${wait("a")} }\n`,
    );
    expect(topology.nodes).toMatchObject({ a: { after: ["b"] }, b: expect.not.objectContaining({ after: ["a"] }) });
  });
});

describe("lab import kathara", () => {
  const read = readKathara(filesOf(join(fixtures, "kathara/triangle")));

  test("gives the lab that a person would have written", async () => {
    const files = renderLab(read, { name: "triangle", source: "the Kathará lab triangle", title: read.description });
    const lab = files[0]?.content ?? "";
    expectGolden("import/kathara/lab.ts.txt", lab);
    expect(await formatted(lab)).toBe(lab);
    expect(files.map(({ path }) => path)).toContain("labs/triangle/set-up/r2-2.sh");
    expect(files.map(({ path }) => path)).toContain("labs/triangle/files/pc-1/shared/notes.txt");
    expectGolden("import/kathara/notes.txt", findingsOf(read));
  });

  test("the lab is one that can be brought up", () => {
    const topology = resolve(read.topology);
    expect(topology.nodes.find(({ name }) => name === "pc-1")).toMatchObject({ after: ["r1", "r2"] });
    expect(topology.names).toEqual([{ name: "pc_1", node: "pc-1" }]);
  });

  test("refuses what can't run here, by line, all at once", () => {
    expectGolden("import/kathara/refused.txt", findingsOf(readKathara(filesOf(join(fixtures, "kathara/refused")))));
  });

  test("a folder without a lab.conf is none", () => {
    expect(() => readKathara(memory({}))).toThrow(/lab\.conf: expected a text file/);
  });

  test.each([
    [
      "plain commands one by one",
      "ip link set eth0 up\n\nsystemctl start frr",
      ["ip link set eth0 up", "systemctl start frr"],
    ],
    ["a loop as it is", "for i in 1 2; do\n  echo $i\ndone\n", ["for i in 1 2; do\n  echo $i\ndone\n"]],
    ["comments stay with their script", "# first\nip link\n", ["# first\nip link\n"]],
    ["nothing but comments is nothing", "#!/bin/sh\n# nothing\n", []],
    ["a variable and its use stay together", "A=1\necho $A", ["A=1\necho $A\n"]],
    ["Windows line ends go", "echo a\r\necho b\r\n", ["echo a", "echo b"]],
  ])("a startup script: %s", (_what, script, setup) => {
    const { topology } = readKathara(memory({ "lab.conf": "a[0]=A\n", "a.startup": script }));
    const node = topology.nodes["a"];
    expect(node?.kind === "machine" ? (node.setup ?? []) : undefined).toEqual(setup);
  });
});
