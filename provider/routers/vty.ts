/**
 * The protocol by which vtysh talks to a daemon of FRR over its vty socket (FRR, lib/vty.c, vtysh_read and
 * vtysh/vtysh.c): a command and a zero byte; the output, then three zero bytes and one with the command's result.
 */
import { connect, type Socket } from "node:net";

/** CMD_SUCCESS and CMD_SUCCESS_DAEMON of lib/command.h. */
const good = new Set([0, 10]);

/** An open vty. Its commands run one after the other. */
export class Vty {
  readonly #socket: Socket;
  readonly #timeout: number;
  #received = Buffer.alloc(0);
  #waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined;
  #ended: Error | undefined;

  private constructor(path: string, timeout: number) {
    this.#timeout = timeout;
    this.#socket = connect({ path });
    this.#socket.on("data", (data: Buffer) => this.#take(data));
    this.#socket.on("error", (error) => this.#end(new Error(`FRR's vty socket: ${error.message}`)));
    this.#socket.on("close", () => this.#end(new Error("FRR closed its vty socket")));
  }

  /** `timeout`, milliseconds, holds for each command. */
  static async open(path: string, timeout = 10_000): Promise<Vty> {
    const vty = new Vty(path, timeout);
    await vty.ask("enable");
    return vty;
  }

  /** Runs a command and gives what it printed. Throws where it fails. */
  async ask(command: string): Promise<string> {
    this.#socket.write(`${command}\0`);
    const { text, result } = await this.#reply(command);
    if (!good.has(result)) throw new Error(`FRR: "${command}" failed: ${text.trim() || `result ${result}`}`);
    return text;
  }

  close(): void {
    this.#socket.destroy();
  }

  #reply(command: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      const timer = setTimeout(
        () => this.#end(new Error(`FRR did not answer "${command}" within ${this.#timeout / 1000} s`)),
        this.#timeout,
      );
      const settled = (): void => {
        clearTimeout(timer);
        this.#waiting = undefined;
      };
      this.#waiting = {
        resolve: (reply) => (settled(), resolve(reply)),
        reject: (error) => (settled(), reject(error)),
      };
    });
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#waiting?.reject(error);
    this.#socket.destroy();
  }

  #take(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    const end = this.#received.indexOf("\0\0\0");
    const result = end < 0 ? undefined : this.#received[end + 3];
    if (result === undefined) return;
    const text = this.#received.subarray(0, end).toString("utf8");
    this.#received = this.#received.subarray(end + 4);
    this.#waiting?.resolve({ text, result });
  }
}

interface Reply {
  readonly text: string;
  readonly result: number;
}
