import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  askRelay,
  differences,
  planImpairments,
  probeFeatures,
  relaySocket,
  relayStart,
  type Features,
  type Plan,
  type Target,
} from "../../provider/impairments/index.ts";
import { endHolder, ensureHolder, insidePath, type Holder } from "../../provider/sandbox/holder.ts";
import { scriptInside } from "../../provider/sandbox/run.ts";
import type { Impairments } from "../../topology/topology.ts";

const target: Target = {
  name: "a--b",
  path: "links[0].impairments",
  mtu: 1500,
  ends: [
    { node: "a", interface: "e0" },
    { node: "b", interface: "e0" },
  ],
  directions: "both",
};

/** Sends for two seconds from a to b over one TCP connection; prints Mbit/s as b counts them. */
const bulk = `python3 - <<'PYTHON'
import ctypes, socket, threading, time
def enter(node):
    with open("/run/netns/" + node) as namespace:
        assert ctypes.CDLL(None).setns(namespace.fileno(), 0x40000000) == 0
enter("b")
server = socket.create_server(("", 5000))
server.settimeout(10)
def send():
    enter("a")
    client = socket.create_connection(("10.0.0.2", 5000), timeout=10)
    end = time.monotonic() + 2
    while time.monotonic() < end:
        client.sendall(bytes(16384))
    client.close()
sender = threading.Thread(target=send)
sender.start()
connection, _ = server.accept()
connection.settimeout(10)
count, start = 0, None
while data := connection.recv(1 << 18):
    start = start or time.monotonic()
    count += len(data)
print(count * 8 / 1e6 / (time.monotonic() - start))
PYTHON`;
import { needs } from "../requirements.ts";

describe("impairments of a link without netem", { ...needs("root", "nft", "python", "tbf"), timeout: 60_000 }, () => {
  let holder: Holder;
  let features: Features;
  let plan: Plan | undefined;

  const run = async (script: string): Promise<string> => {
    const result = await scriptInside(holder, script, 30_000);
    if (result.exitCode !== 0) throw new Error(`${script}: ${result.stderr}${result.stdout}`);
    return result.stdout;
  };
  const carryOut = async (commands: "onCreate" | "onChange"): Promise<void> => {
    for (const end of plan?.ends ?? []) {
      const { tc, nft } = end[commands];
      await run(`tc -n ${end.place.node} -batch - <<'TC'\n${tc.join("\n")}\nTC\n`);
      await run(`nsenter --net=/run/netns/${end.place.node} nft -f - <<'NFT'\n${nft}\nNFT\n`);
    }
  };
  /** As a link's resource does it: plugs the link where it must, otherwise changes it. */
  const impair = async (impairments: Impairments): Promise<Plan> => {
    const next = planImpairments(impairments, { ...features, netem: false }, target);
    if (next.kind === "refusal") throw new Error(JSON.stringify(next.problems));
    const replug = plan?.relay.used !== next.relay.used;
    plan = next;
    if (next.relay.used) {
      await run(relayStart());
      await writeFile(insidePath(holder, next.relay.file), next.relay.content);
    }
    if (replug) {
      const [x, y] = next.relay.interfaces;
      await run(`ip -n a link del e0 2>/dev/null; ip -n b link del e0 2>/dev/null
        ${
          next.relay.used
            ? `ip link add e0 netns a type veth peer name ${x} netns .relay mtu 65535
               ip link add e0 netns b type veth peer name ${y} netns .relay mtu 65535`
            : "ip link add e0 netns a type veth peer name e0 netns b"
        }
        for end in a:1 b:2; do
          ip -n \${end%:*} addr add 10.0.0.\${end#*:}/24 dev e0 && ip -n \${end%:*} link set e0 up || exit 1
        done`);
    }
    await carryOut(replug ? "onCreate" : "onChange");
    if (next.relay.used) await askRelay(insidePath(holder, relaySocket), "reload");
    return next;
  };
  const drift = async (): Promise<string[]> => {
    if (plan === undefined) throw new Error("nothing planned");
    const see = async (node: string) => ({
      qdiscs: await run(`tc -n ${node} -j qdisc show dev e0`),
      nft: await run(`nsenter --net=/run/netns/${node} nft -j list ruleset`),
    });
    const ends = [await see("a"), await see("b")] as const;
    return differences(plan, { ends, relay: await askRelay(insidePath(holder, relaySocket), "state") });
  };
  const ping = async (options: string): Promise<string> =>
    (await scriptInside(holder, `nsenter --net=/run/netns/a ping -n ${options} 10.0.0.2`, 30_000)).stdout;
  const roundTrip = async (): Promise<number> => Number(/= ([\d.]+)\//.exec(await ping("-c 10 -i 0.05 -W 2"))?.[1]);
  const lost = async (): Promise<number> => Number(/([\d.]+)% packet loss/.exec(await ping("-f -q -c 2000 -W 1"))?.[1]);

  beforeAll(async () => {
    ({ holder } = await ensureHolder(`test-${randomBytes(4).toString("hex")}`, "test"));
    features = await probeFeatures((script) => scriptInside(holder, script, 30_000));
    await run("for node in a b; do ip netns add $node && ip -n $node link set lo up || exit 1; done");
  }, 60_000);
  afterAll(async () => {
    if (holder !== undefined) await endHolder(holder);
  });

  test("a rate holds within 15 %, is changed live and taken off", async () => {
    await impair({ rate: 20e6 });
    expect(await drift()).toEqual([]);
    const rate = Number(await run(bulk));
    expect(rate).toBeGreaterThan(17);
    expect(rate).toBeLessThan(23);
    await impair({ rate: 5e6 });
    expect(await drift()).toEqual([]);
    expect(Number(await run(bulk))).toBeLessThan(5.75);
    await impair({});
    expect(await drift()).toEqual([]);
    expect(Number(await run(bulk))).toBeGreaterThan(50);
  });

  test("loss holds in each direction within statistics", async () => {
    await impair({ loss: 0.1 });
    expect(await drift()).toEqual([]);
    // 19 % of round trips; the bounds are six standard deviations of 2,000 tries away.
    const percent = await lost();
    expect(percent).toBeGreaterThan(13.7);
    expect(percent).toBeLessThan(24.3);
    await impair({});
    expect(await lost()).toBe(0);
  });

  test("delay holds within 2 ms each way, lets more than 100 Mbit/s through, and is changed live", async () => {
    await impair({ delay: 20 });
    expect(await drift()).toEqual([]);
    const time = await roundTrip();
    expect(time).toBeGreaterThanOrEqual(40);
    expect(time).toBeLessThan(44);
    expect(Number(await run(bulk))).toBeGreaterThan(100);
    const index = await run("ip -n a -o link show e0");
    await impair({ delay: 5, jitter: 1, rate: 50e6 });
    expect(await run("ip -n a -o link show e0 | cut -d: -f1")).toBe(`${index.split(":")[0]}\n`);
    expect(await drift()).toEqual([]);
    expect(await roundTrip()).toBeLessThan(13);
  });

  test("what somebody changes by hand is told, and a relay that was killed comes back with its pairs", async () => {
    await impair({ delay: 20, loss: 0.01, rate: 10e6 });
    await run("tc -n a qdisc del dev e0 root; nsenter --net=/run/netns/b nft flush ruleset");
    const state = JSON.parse((await askRelay(insidePath(holder, relaySocket), "state")) ?? "{}") as { pid: number };
    await run(`kill -9 ${state.pid}`);
    expect(await drift()).toEqual([
      "a e0: rate: 10 Mbit/s expected, none found",
      "a e0: burst: 12500 bytes expected, none found",
      "b e0: loss: 1 % expected, none found",
      "a:e0 to b:e0: delay: 20 ms expected, the relay does not run",
    ]);
    await impair({ delay: 20, loss: 0.01, rate: 10e6 });
    expect(await drift()).toEqual([]);
    expect(await roundTrip()).toBeGreaterThanOrEqual(40);
  });
});
