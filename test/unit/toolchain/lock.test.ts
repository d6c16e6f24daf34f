import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { withLock } from "../../../toolchain/lock.mjs";
import { machine } from "./machine.ts";

/** Another process that holds the lock until it is ended. */
async function holder(file: string): Promise<{ pid: number; kill: () => Promise<unknown> }> {
  const module = join(import.meta.dirname, "../../../toolchain/lock.mjs");
  const code = `import { withLock } from ${JSON.stringify(module)}; await withLock(${JSON.stringify(file)}, async () => { console.log("held"); await new Promise((resolve) => setTimeout(resolve, 60_000)); });`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return {
    pid: child.pid ?? 0,
    kill: async () => {
      const ended = once(child, "close");
      child.kill("SIGKILL");
      return ended;
    },
  };
}

test("what is locked doesn't run at the same time", async () => {
  const file = join(machine().directory, "a", "lock");
  let inside = 0;
  const most: number[] = [];
  const action = async (): Promise<void> => {
    most.push(++inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
  };
  await Promise.all([1, 2, 3, 4].map(() => withLock(file, action)));
  expect(most).toEqual([1, 1, 1, 1]);
});

test("it gives the action's value, passes its error on, and is free afterwards", async () => {
  const file = join(machine().directory, "lock");
  expect(await withLock(file, () => 7)).toBe(7);
  await expect(withLock(file, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await withLock(file, () => 8, { seconds: 5 })).toBe(8);
});

test("a wait is bounded, and says for whom before and after", async () => {
  const file = join(machine().directory, "lock");
  const { pid } = await holder(file);
  const said: string[] = [];
  const waiting = withLock(file, () => "never", { seconds: 1, noticeAfter: 50, say: (line) => said.push(line) });
  await expect(waiting).rejects.toThrow(
    `Process ${pid} still holds ${file} after 1 seconds: end it, or wait for it, and try again.`,
  );
  expect(said).toEqual([`Waiting for process ${pid}, which holds ${file}; at most 1 seconds.`]);
});

test("the lock of a killed process is free", async () => {
  const file = join(machine().directory, "lock");
  const { kill } = await holder(file);
  await kill();
  expect(await withLock(file, () => "mine", { seconds: 5 })).toBe("mine");
});
