import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Vty } from "../../../provider/routers/vty.ts";

/** A server that speaks as FRR's vty does: it answers each command in pieces of a few bytes. */
describe("FRR's vty", () => {
  let folder = "";
  let server: Server;
  let asked: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "labwright-vty-"));
    asked = [];
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  async function open(answer: (command: string) => { text: string; result: number } | undefined): Promise<Vty> {
    const path = join(folder, "bgpd.vty");
    server = createServer((socket) => {
      let received = "";
      socket.on("data", (data) => {
        received += data.toString();
        for (let end = received.indexOf("\0"); end >= 0; end = received.indexOf("\0")) {
          const command = received.slice(0, end);
          received = received.slice(end + 1);
          asked.push(command);
          const reply = answer(command);
          if (reply === undefined) socket.destroy();
          else
            for (const byte of Buffer.concat([Buffer.from(reply.text), Buffer.from([0, 0, 0, reply.result])]))
              socket.write(Buffer.from([byte]));
        }
      });
    });
    await new Promise<void>((done) => server.listen(path, done));
    return Vty.open(path, 2_000);
  }

  test("gives what a command printed, and is privileged first", async () => {
    const vty = await open((command) => ({ text: command === "show x" ? "one\ntwo\n" : "", result: 0 }));
    expect(await vty.ask("show x")).toBe("one\ntwo\n");
    expect(await vty.ask("show y")).toBe("");
    expect(asked).toEqual(["enable", "show x", "show y"]);
    vty.close();
  });

  test("tells a command that failed, with what FRR says", async () => {
    const vty = await open((command) =>
      command === "enable" ? { text: "", result: 0 } : { text: "% No such neighbor\n", result: 1 },
    );
    await expect(vty.ask("clear bgp 192.0.2.1")).rejects.toThrow(
      'FRR: "clear bgp 192.0.2.1" failed: % No such neighbor',
    );
    vty.close();
  });

  test("tells a daemon that ends", async () => {
    const vty = await open((command) => (command === "enable" ? { text: "", result: 0 } : undefined));
    await expect(vty.ask("show bgp summary json")).rejects.toThrow("FRR closed its vty socket");
  });
});
